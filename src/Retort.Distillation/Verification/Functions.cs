using System.Numerics;

namespace Retort.Verification;

/// <summary>The functions of one argument that answers have in them, by the name they have in formulas.</summary>
internal static class Functions
{
    public static bool Knows(string name) => name is "sqrt" or "sin" or "cos" or "tan" or "sec" or "csc" or "cot" or "arcsin" or "arccos"
        or "arctan" or "sinh" or "cosh" or "tanh" or "ln" or "log" or "exp" or "abs" or "floor" or "ceil";

    /// <summary>The value; not a number where there is none. log is of base 10, as in school.</summary>
    public static Complex Of(string name, Complex value) => name switch
    {
        "sqrt" => Complex.Sqrt(value),
        "sin" => Complex.Sin(value),
        "cos" => Complex.Cos(value),
        "tan" => Complex.Tan(value),
        "sec" => 1 / Complex.Cos(value),
        "csc" => 1 / Complex.Sin(value),
        "cot" => Complex.Cos(value) / Complex.Sin(value),
        "arcsin" => Complex.Asin(value),
        "arccos" => Complex.Acos(value),
        "arctan" => Complex.Atan(value),
        "sinh" => Complex.Sinh(value),
        "cosh" => Complex.Cosh(value),
        "tanh" => Complex.Tanh(value),
        "ln" => Complex.Log(value),
        "log" => Complex.Log10(value),
        "exp" => Complex.Exp(value),
        "abs" => Complex.Abs(value),
        "floor" => Math.Floor(value.Real),
        "ceil" => Math.Ceiling(value.Real),
        _ => Complex.NaN,
    };
}
