using System.Security.Cryptography;
using Kontena.Core.Vault;
using Xunit;

namespace Kontena.Core.Tests.Vault;

public class StoreSealTests
{
    private const string Place = "secret/prod/DB_PASS";
    private static readonly byte[] Key = [.. Enumerable.Range(0, StoreSeal.KeyBytes).Select(one => (byte)one)];
    private static readonly byte[] Nonce = Key[..StoreSeal.NonceBytes];

    // Made by another implementation of the same primitives (OpenSSL through Python's cryptography).
    private const string Sealed = "AAECAwQFBgcICQoLNDG1afaR4tgxvbpLJtcR/GLHi4LdrM7+hg==";

    [Fact]
    public void It_is_the_scheme_that_is_written_down()
    {
        Assert.Equal("37cc397978aba5d0", StoreSeal.IdOf(Key));
        Assert.Equal(Sealed, StoreSeal.Seal(Key, Nonce, Place, "s3cr3t ü"));
        Assert.Equal("s3cr3t ü", StoreSeal.Open(Key, Place, Sealed));
    }

    [Fact]
    public void A_value_cannot_be_moved_to_another_name_or_opened_with_another_key()
    {
        Assert.Null(StoreSeal.Open(Key, "secret/prod/OTHER", Sealed));
        Assert.Null(StoreSeal.Open(RandomNumberGenerator.GetBytes(StoreSeal.KeyBytes), Place, Sealed));
    }

    [Fact]
    public void Any_flipped_bit_fails()
    {
        var bytes = Convert.FromBase64String(Sealed);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(StoreSeal.Open(Key, Place, Convert.ToBase64String(changed)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAECAwQF")]
    [InlineData("not base64!")]
    public void What_is_no_sealed_value_is_not_opened(string text) => Assert.Null(StoreSeal.Open(Key, Place, text));

    [Theory]
    [InlineData("DB_PASS", true)]
    [InlineData("1-a_B", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void A_secret_has_a_name_for_a_path_and_a_variable(string name, bool good) => Assert.Equal(good, SecretRules.IsName(name));

    [Fact]
    public void Names_and_values_have_a_largest_size()
    {
        Assert.True(SecretRules.IsName(new string('a', SecretRules.LongestName)));
        Assert.False(SecretRules.IsName(new string('a', SecretRules.LongestName + 1)));
        Assert.False(SecretRules.IsTooLarge(new string('a', SecretRules.LargestValue)));
        Assert.True(SecretRules.IsTooLarge(new string('ü', SecretRules.LargestValue / 2) + "a"));
    }
}
