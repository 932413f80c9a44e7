using Retort.Labels;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public class Crc32CTests
{
    [Fact]
    public void The_check_value() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    /// <summary>Masked CRC of the eight length bytes 18 00 …: the head of real event files.</summary>
    [Fact]
    public void The_masked_check_value() => Assert.Equal(0x224B7FA3u, Crc32C.Mask(Crc32C.Compute([0x18, 0, 0, 0, 0, 0, 0, 0])));

    [Fact]
    public void Nothing_is_zero() => Assert.Equal(0u, Crc32C.Compute([]));
}
