using Retort.Formats.Protobuf;

namespace Retort.Formats.Onnx;

/// <summary>GraphProto, NodeProto, AttributeProto, ValueInfoProto and FunctionProto.</summary>
/// <param name="tensors">Reads constants.</param>
internal sealed class OnnxGraphReader(OnnxTensorReader tensors)
{
    public OnnxModelGraph Graph(ProtoReader message)
    {
        var name = "";
        List<OnnxNode> nodes = [];
        List<OnnxTensor> initializers = [];
        List<OnnxValueInfo> inputs = [], outputs = [];
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: nodes.Add(Node(message.Message())); break;
                case 2: name = message.Text(); break;
                case 5: initializers.Add(tensors.Read(message.Message())); break;
                case 11: inputs.Add(ValueInfo(message.Message())); break;
                case 12: outputs.Add(ValueInfo(message.Message())); break;
                case 15: throw message.Refuse($"graph '{name}' has a sparse constant, which is not supported");
                default: message.Skip(); break;
            }
        }
        return new OnnxModelGraph(name, nodes, initializers, inputs, outputs);
    }

    public OnnxFunction Function(ProtoReader message)
    {
        string name = "", domain = "";
        List<string> inputs = [], outputs = [];
        List<OnnxNode> nodes = [];
        Dictionary<string, long> opsets = [];
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: name = message.Text(); break;
                case 4: inputs.Add(message.Text()); break;
                case 5: outputs.Add(message.Text()); break;
                case 7: nodes.Add(Node(message.Message())); break;
                case 9: AddOpset(message.Message(), opsets); break;
                case 10: domain = Domain(message.Text()); break;
                default: message.Skip(); break;
            }
        }
        return new OnnxFunction(name, domain, inputs, outputs, nodes, opsets);
    }

    public static void AddOpset(ProtoReader message, Dictionary<string, long> opsets)
    {
        var domain = "";
        var version = 0L;
        while (message.Next())
        {
            if (message.Field == 1) domain = Domain(message.Text());
            else if (message.Field == 2) version = message.Number();
            else message.Skip();
        }
        opsets[domain] = version;
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    private OnnxNode Node(ProtoReader message)
    {
        string name = "", operation = "", domain = "";
        List<string> inputs = [], outputs = [];
        Dictionary<string, object> attributes = new(StringComparer.Ordinal);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: inputs.Add(message.Text()); break;
                case 2: outputs.Add(message.Text()); break;
                case 3: name = message.Text(); break;
                case 4: operation = message.Text(); break;
                case 5: Attribute(message.Message(), attributes); break;
                case 7: domain = Domain(message.Text()); break;
                default: message.Skip(); break;
            }
        }
        return new OnnxNode(name, operation, domain, inputs, outputs, attributes);
    }

    private void Attribute(ProtoReader message, Dictionary<string, object> attributes)
    {
        string name = "", text = "";
        var type = 0L;
        var single = 0f;
        var number = 0L;
        object? value = null;
        List<float> singles = [];
        List<long> numbers = [];
        List<string> texts = [];
        List<OnnxTensor> constants = [];
        List<OnnxModelGraph> graphs = [];
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: name = message.Text(); break;
                case 2: single = message.Single(); break;
                case 3: number = message.Number(); break;
                case 4: text = message.Text(); break;
                case 5: value = tensors.Read(message.Message()); break;
                case 6: value = Graph(message.Message()); break;
                case 7: message.Singles(singles); break;
                case 8: message.Numbers(numbers); break;
                case 9: texts.Add(message.Text()); break;
                case 10: constants.Add(tensors.Read(message.Message())); break;
                case 11: graphs.Add(Graph(message.Message())); break;
                case 14: value = ValueType(message.Message(), name); break;
                case 20: type = message.Number(); break;
                case 21: throw message.Refuse($"attribute '{name}' refers to an attribute of a function, which is not supported");
                case 22 or 23: throw message.Refuse($"attribute '{name}' is a sparse constant, which is not supported");
                default: message.Skip(); break;
            }
        }
        // type 0 is what files before IR version 2 carry: then the only field that is set tells
        attributes[name] = type switch
        {
            1 => single,
            2 => number,
            3 => text,
            6 => singles.ToArray(),
            7 => numbers.ToArray(),
            8 => texts.ToArray(),
            9 => constants.ToArray(),
            10 => graphs.ToArray(),
            _ => value ?? (singles.Count > 0 ? singles.ToArray() : numbers.Count > 0 ? numbers.ToArray()
                : text.Length > 0 ? text : single != 0 ? single : number),
        };
    }

    private static OnnxValueInfo ValueInfo(ProtoReader message)
    {
        var info = new OnnxValueInfo("", OnnxType.Undefined, null);
        while (message.Next())
        {
            if (message.Field == 1) info = info with { Name = message.Text() };
            else if (message.Field == 2) info = ValueType(message.Message(), "") with { Name = info.Name };
            else message.Skip();
        }
        return info;
    }

    /// <summary>TypeProto; what is no tensor has the type Undefined.</summary>
    private static OnnxValueInfo ValueType(ProtoReader message, string name)
    {
        var type = OnnxType.Undefined;
        List<long>? shape = null;
        var isOptional = false;
        while (message.Next())
        {
            if (message.Field != 1)
            {
                isOptional |= message.Field == 9;
                message.Skip();
                continue;
            }
            var tensor = message.Message();
            while (tensor.Next())
            {
                if (tensor.Field == 1) type = (OnnxType)tensor.Number();
                else if (tensor.Field == 2) shape = Shape(tensor.Message());
                else tensor.Skip();
            }
        }
        return new OnnxValueInfo(name, type, shape, isOptional);
    }

    private static List<long> Shape(ProtoReader message)
    {
        List<long> shape = [];
        while (message.Next())
        {
            if (message.Field != 1)
            {
                message.Skip();
                continue;
            }
            var extent = -1L;
            var dimension = message.Message();
            while (dimension.Next())
            {
                if (dimension.Field == 1) extent = dimension.Number();
                else dimension.Skip();
            }
            shape.Add(extent);
        }
        return shape;
    }
}
