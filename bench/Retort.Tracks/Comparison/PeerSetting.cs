using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Retort.Tensors;

namespace Retort.Tracks.Comparison;

/// <summary>How PyTorch is set up. All have as many threads as cores and one thread pinned to each.</summary>
/// <param name="Name">po: as installed. px: the right BLAS core, fused optimisers. pm: px and an allocator that keeps memory.</param>
/// <param name="Environment">Variables of the process; null removes one that is set here.</param>
/// <param name="Arguments">Of <c>peer.py</c>.</param>
internal sealed record PeerSetting(string Name, IReadOnlyDictionary<string, string?> Environment, IReadOnlyList<string> Arguments)
{
    private const string Allocator = "glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184"
        + ":glibc.malloc.top_pad=268435456:glibc.malloc.hugetlb=1";

    /// <param name="name">po, px or pm.</param>
    /// <param name="core">
    /// The OpenBLAS core of px and pm. OpenBLAS does not know every processor and falls back to half the vector width, so AVX-512
    /// machines are told the widest core there is; empty leaves the choice to OpenBLAS.
    /// </param>
    /// <exception cref="RetortException">Another name.</exception>
    public static PeerSetting Of(string name, string? core)
    {
        if (name is not ("po" or "px" or "pm"))
            throw new RetortException("--settings", $"'{name}' is no setting of the peer.", "po, px, pm, separated by commas.");
        var chosen = core ?? (Avx512F.IsSupported ? "Cooperlake" : "");
        var environment = new Dictionary<string, string?>
        {
            ["OMP_NUM_THREADS"] = System.Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["OMP_PROC_BIND"] = "true",
            ["OMP_PLACES"] = string.Join(',', Enumerable.Range(0, System.Environment.ProcessorCount).Select(cpu => $"{{{cpu}}}")),
            ["OPENBLAS_L2_SIZE"] = null,
            ["OPENBLAS_NUM_THREADS"] = null,
            ["OPENBLAS_CORETYPE"] = name == "po" || chosen.Length == 0 ? null : chosen,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["GLIBC_TUNABLES"] = name == "pm" ? Allocator : null,
        };
        return new PeerSetting(name, environment, name == "po" ? ["--default-optimizer"] : []);
    }
}
