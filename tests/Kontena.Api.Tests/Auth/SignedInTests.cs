using System.Net;
using Kontena.Api.Auth;
using Kontena.Contracts.Identity;
using Microsoft.AspNetCore.Http;

namespace Kontena.Api.Tests.Auth;

public sealed class SignedInTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("kontena-cli/1.5.4", "kontena-cli/1.5.4")]
    [InlineData("a\u001b[2Jb\u0007\u009bc\ud83d\ude00", "a?[2Jb??c??")]
    public void What_is_kept_of_a_program_moves_no_cursor(string said, string? kept)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.UserAgent = said;
        http.SignIn(new SignedIn(User.Administrator, null));
        Assert.Equal(kept, http.Asker().Program);
    }

    [Fact]
    public void Whom_nobody_asked_who_they_are_is_known_by_the_address()
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:10.0.0.9");
        http.Request.Headers.UserAgent = new string('x', 300);
        Assert.Equal(new Caller { Id = "unknown", Name = "unknown", Kind = CallerKind.User, Address = "10.0.0.9", Program = new string('x', 200) }, http.Asker());
    }
}
