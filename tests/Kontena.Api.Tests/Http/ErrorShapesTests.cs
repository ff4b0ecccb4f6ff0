using Kontena.Api.Http;
using Xunit;

namespace Kontena.Api.Tests.Http;

public sealed class ErrorShapesTests
{
    [Theory]
    [InlineData("/oauth2/tokens/a-token-in-clear", "/oauth2/tokens/…")]
    [InlineData("/OAuth2/Tokens/a-token-in-clear/and/more", "/oauth2/tokens/…")]
    [InlineData("/oauth2/tokens", "/oauth2/tokens")]
    [InlineData("/v1/grids/main", "/v1/grids/main")]
    public void A_token_in_a_path_is_not_logged(string path, string shown) => Assert.Equal(shown, ErrorShapes.Shown(path));
}
