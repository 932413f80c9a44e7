using Retort.Tensors.Devices;

namespace Retort.Tensors.Autograd;

/// <summary>
/// Where gradients go during one backward walk. The first gradient that reaches a value writes, later ones accumulate in place;
/// a parameter's goes straight to the flat gradient buffer. Gradients die with the step.
/// </summary>
internal sealed class BackwardPass(Step step)
{
    private readonly Dictionary<int, Tensor> _values = [];
    private readonly HashSet<nint> _parameters = [];

    public Step Step => step;
    public Kernels Kernels => step.Device.Kernels;

    /// <summary>The place for the gradient of <paramref name="value"/>, and whether something is there already.</summary>
    /// <returns>False when no gradient flows to it.</returns>
    public bool TryTarget(Tensor value, out Storage target, out bool accumulate)
    {
        target = default;
        accumulate = false;
        if (value.Arena.Gradients is not null)
        {
            target = ParameterGradient(value);
            accumulate = !_parameters.Add(target.Address);
            return true;
        }
        if (value.Node == 0) return false;
        accumulate = _values.TryGetValue(value.Node, out var gradient);
        if (!accumulate) _values[value.Node] = gradient = step.Allocate(value.Shape);
        target = gradient.Storage;
        return true;
    }

    /// <summary>As <see cref="TryTarget"/>, for kernels that only accumulate: the place is cleared at first.</summary>
    public bool TryAccumulator(Tensor value, out Storage target)
    {
        if (!TryTarget(value, out target, out var accumulate)) return false;
        if (!accumulate) Kernels.Fill(target, 0);
        return true;
    }

    internal void Start(Tensor loss, double upstream)
    {
        var gradient = step.Allocate(loss.Shape);
        Kernels.Fill(gradient.Storage, upstream);
        _values[loss.Node] = gradient;
    }

    internal void Start(Tensor value, Tensor upstream) => _values[value.Node] = upstream;

    internal bool TryGradient(int node, out Tensor gradient) => _values.TryGetValue(node, out gradient);

    internal bool Reached(Tensor parameter) => _parameters.Contains(ParameterGradient(parameter).Address);

    internal void Clear()
    {
        _values.Clear();
        _parameters.Clear();
    }

    /// <summary>Parameter and gradient arenas are laid out alike: one flat tensor each.</summary>
    internal static Storage ParameterGradient(Tensor parameter) => parameter.Arena.GradientOf(parameter.Storage);
}
