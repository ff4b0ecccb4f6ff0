using System.Security.Cryptography;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Xunit;

namespace Kontena.Core.Tests.Vault;

public class BusSealTests
{
    private const string Place = "write/secret/prod/DB_PASS";

    // Made by another implementation of the same primitives (OpenSSL through Python's cryptography).
    private const string Sender = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgERERERERERERERERERERERERERERERERERERERERERGhRANCAAQCF+YX8LZEOSgnj5aZnmmiOk8sFSvfbWzfZuW4AoLU7RlKfevLl3EtLdo8qFqodlpW9F/HWFmWUvKJfGUwbleU";
    private const string Recipient = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiKhRANCAATWWpOXfKo9GwgYUv9Xp55GXxZgV3MEuurVBd06SFic81AYXolTct9iIeo6E3VX5HP922dV8FvVB8PFM/zpyRKF";
    private const string Text = "pAgVcBsZG3m5PuZI0iTPW95NYBILfQXGZQ==";

    private static ECDiffieHellman Key(string privateKey)
    {
        var key = ECDiffieHellman.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        return key;
    }

    [Fact]
    public void It_is_the_scheme_that_is_written_down()
    {
        using var sender = Key(Sender);
        using var recipient = Key(Recipient);
        var nonce = Enumerable.Range(0, BusSeal.NonceBytes).Select(one => (byte)one).ToArray();
        var value = BusSeal.Seal(sender, nonce, BusSeal.PublicKeyOf(recipient), Place, "s3cr3t ü");
        Assert.Equal(Text, value.Text);
        Assert.Equal("s3cr3t ü", BusSeal.Open(recipient, Place, value));
    }

    [Fact]
    public void It_opens_for_its_reader_and_its_place_alone()
    {
        using var reader = BusSeal.NewKey();
        using var other = BusSeal.NewKey();
        var value = BusSeal.Seal(BusSeal.PublicKeyOf(reader), Place, "");
        Assert.Equal("", BusSeal.Open(reader, Place, value));
        Assert.Null(BusSeal.Open(other, Place, value));
        Assert.Null(BusSeal.Open(reader, "write/secret/prod/OTHER", value));
    }

    [Fact]
    public void Any_flipped_bit_fails()
    {
        using var reader = BusSeal.NewKey();
        var value = BusSeal.Seal(BusSeal.PublicKeyOf(reader), Place, "twelve bytes");
        Assert.All(Flipped(value.Text), text => Assert.Null(BusSeal.Open(reader, Place, value with { Text = text })));
        Assert.All(Flipped(value.Nonce), nonce => Assert.Null(BusSeal.Open(reader, Place, value with { Nonce = nonce })));
        Assert.All(Flipped(value.PublicKey), key => Assert.Null(BusSeal.Open(reader, Place, value with { PublicKey = key })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public void What_is_no_sealed_value_is_not_opened(string text)
    {
        using var reader = BusSeal.NewKey();
        var value = BusSeal.Seal(BusSeal.PublicKeyOf(reader), Place, "value");
        Assert.Null(BusSeal.Open(reader, Place, value with { Text = text }));
        Assert.Null(BusSeal.Open(reader, Place, value with { Nonce = text }));
        Assert.Null(BusSeal.Open(reader, Place, value with { PublicKey = text }));
        Assert.Throws<CryptographicException>(() => BusSeal.Seal(text, Place, "value"));
    }

    [Fact]
    public void A_key_on_another_curve_is_no_key()
    {
        using var reader = BusSeal.NewKey();
        using var larger = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<CryptographicException>(() => BusSeal.Seal(BusSeal.PublicKeyOf(larger), Place, "value"));
        var value = BusSeal.Seal(BusSeal.PublicKeyOf(reader), Place, "value");
        Assert.Null(BusSeal.Open(reader, Place, value with { PublicKey = BusSeal.PublicKeyOf(larger) }));
    }

    [Fact]
    public void No_two_seals_are_alike()
    {
        using var reader = BusSeal.NewKey();
        var seals = Enumerable.Range(0, 20).Select(_ => BusSeal.Seal(BusSeal.PublicKeyOf(reader), Place, "same")).ToList();
        Assert.Equal(20, seals.Select(one => one.Text).Distinct().Count());
        Assert.Equal(20, seals.Select(one => one.PublicKey).Distinct().Count());
    }

    private static IEnumerable<string> Flipped(string text)
    {
        var bytes = Convert.FromBase64String(text);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return Convert.ToBase64String(changed);
        }
    }
}
