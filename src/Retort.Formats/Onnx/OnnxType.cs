namespace Retort.Formats.Onnx;

/// <summary>Element types that we write; the numbers are TensorProto.DataType of onnx.proto3.</summary>
public enum OnnxType
{
    Float = 1,
    Int64 = 7,
}
