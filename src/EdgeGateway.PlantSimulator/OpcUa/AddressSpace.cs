namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>
/// The nodes of a server: what every server has to show of itself, and a folder with variables for each device. Made anew at every start, because the indices of namespaces may
/// have changed. Immutable once made.
/// </summary>
internal sealed class AddressSpace
{
    private const uint Folder = 61;
    private const uint Property = 68;
    private const uint BaseVariable = 63;
    private const uint AnalogItem = 2368;
    private readonly Dictionary<NodeKey, UaNode> _nodes = [];

    /// <exception cref="ArgumentException">Two points have one node.</exception>
    public AddressSpace(IReadOnlyList<string> namespaces, IReadOnlyList<UaDevice> devices)
    {
        Namespaces = namespaces;
        AddTypes();
        var root = Add(new UaNode(NodeKey.Of(84), UaNodeClass.Object, 0, "Root") { TypeDefinition = NodeKey.Of(Folder) }, null, 0);
        Objects = Add(FolderOf(NodeKey.Of(85), 0, "Objects"), root, ReferenceTypes.Organizes);
        var types = Add(FolderOf(NodeKey.Of(86), 0, "Types"), root, ReferenceTypes.Organizes);
        Add(FolderOf(NodeKey.Of(87), 0, "Views"), root, ReferenceTypes.Organizes);
        foreach (var top in _nodes.Values.Where(node => node.References.TrueForAll(reference => reference.IsForward) && node.Class is not (UaNodeClass.Object or UaNodeClass.Variable)).ToList())
            Link(types, top, ReferenceTypes.Organizes);
        foreach (var device in devices) AddDevice(device);
        foreach (var node in _nodes.Values.Where(node => !node.TypeDefinition.IsNull).ToList())
            if (Find(node.TypeDefinition) is { } type) node.References.Add(new(ReferenceTypes.HasTypeDefinition, type, true));
    }

    public IReadOnlyList<string> Namespaces { get; }

    public UaNode Objects { get; }

    public UaNode? Find(NodeKey key) => _nodes.GetValueOrDefault(key);

    /// <summary>The index of a namespace, which the list has.</summary>
    public ushort IndexOf(string uri) => (ushort)Namespaces.Index().First(entry => entry.Item == uri).Index;

    /// <summary>Adds a node below another.</summary>
    public UaNode Add(UaNode node, UaNode? parent, uint reference)
    {
        if (!_nodes.TryAdd(node.Key, node)) throw new ArgumentException($"{node.Key} is there twice", nameof(node));
        if (parent is not null) Link(parent, node, reference);
        return node;
    }

    /// <summary>Adds a variable of the server itself.</summary>
    public UaNode AddValue(UaNode parent, uint id, string name, UaType type, Func<UaValue> value, uint reference = ReferenceTypes.HasProperty, bool isList = false, uint dataType = 0)
    {
        var definition = NodeKey.Of(reference == ReferenceTypes.HasProperty ? Property : BaseVariable);
        return Add(new UaNode(NodeKey.Of(id), UaNodeClass.Variable, 0, name) { DataType = NodeKey.Of(dataType == 0 ? (uint)type : dataType), Value = value, IsList = isList, TypeDefinition = definition }, parent, reference);
    }

    private static UaNode FolderOf(NodeKey key, ushort index, string name) => new(key, UaNodeClass.Object, index, name) { TypeDefinition = NodeKey.Of(Folder) };

    private static void Link(UaNode parent, UaNode child, uint reference)
    {
        parent.References.Add(new(reference, child, true));
        child.References.Add(new(reference, parent, false));
    }

    private void AddTypes()
    {
        foreach (var (number, (name, above)) in ReferenceTypes.All) AddType(UaNodeClass.ReferenceType, number, name, above);
        AddType(UaNodeClass.ObjectType, 58, "BaseObjectType", 0);
        AddType(UaNodeClass.ObjectType, Folder, "FolderType", 58);
        AddType(UaNodeClass.ObjectType, 2004, "ServerType", 58);
        AddType(UaNodeClass.VariableType, 62, "BaseVariableType", 0);
        AddType(UaNodeClass.VariableType, BaseVariable, "BaseDataVariableType", 62);
        AddType(UaNodeClass.VariableType, Property, "PropertyType", 62);
        AddType(UaNodeClass.VariableType, AnalogItem, "AnalogItemType", BaseVariable);
        AddType(UaNodeClass.DataType, 24, "BaseDataType", 0);
        foreach (var type in Enum.GetValues<UaType>().Where(type => type != UaType.Null)) AddType(UaNodeClass.DataType, (uint)type, $"{type}", 24);
    }

    private void AddType(UaNodeClass kind, uint number, string name, uint above) =>
        Add(new UaNode(NodeKey.Of(number), kind, 0, name), above == 0 ? null : _nodes[NodeKey.Of(above)], ReferenceTypes.HasSubtype);

    private void AddDevice(UaDevice device)
    {
        var folder = Add(FolderOf(NodeKey.Of(1, device.Name), 1, device.Name), Objects, ReferenceTypes.Organizes);
        foreach (var variable in device.Variables)
        {
            var point = variable.Point;
            var index = IndexOf(point.NamespaceUri);
            var (parent, key, name) = point.Path.IsEmpty
                ? (folder, NodeKey.Parse(index, point.Identifier), point.Point.Name)
                : (WayTo(index, point), NodeKey.Of(index, "/" + string.Join('/', point.Path)), point.Path[^1]);
            var node = Add(new UaNode(key, UaNodeClass.Variable, index, name)
            {
                DataType = NodeKey.Of((uint)variable.Type),
                Variable = variable,
                Device = device,
                TypeDefinition = NodeKey.Of(point.Range is null ? BaseVariable : AnalogItem),
            }, parent, parent == folder ? ReferenceTypes.HasComponent : ReferenceTypes.Organizes);
            if (point.Range is { } range) AddPart(node, "EURange", 884, UaValue.OfStructure(886, to => Write(to, range)));
            if (point.Unit.Length > 0) AddPart(node, "EngineeringUnits", 887, UaValue.OfStructure(889, to => Write(to, point.Unit)));
        }
    }

    private UaNode WayTo(ushort index, UaPoint point)
    {
        var parent = Objects;
        var way = "";
        foreach (var step in point.Path[..^1])
        {
            way += "/" + step;
            var key = NodeKey.Of(index, way);
            parent = Find(key) ?? Add(FolderOf(key, index, step), parent, ReferenceTypes.Organizes);
        }
        return parent;
    }

    private void AddPart(UaNode node, string name, uint dataType, UaValue value) => Add(
        new UaNode(NodeKey.Of(node.Key.Namespace, $"{node.Key.Kind}={node.Key.Number}{node.Key.Text}#{name}"), UaNodeClass.Variable, 0, name)
        {
            DataType = NodeKey.Of(dataType),
            Value = () => value,
            TypeDefinition = NodeKey.Of(Property),
        }, node, ReferenceTypes.HasProperty);

    private static void Write(UaEncoder to, (double Low, double High) range)
    {
        to.WriteDouble(range.Low);
        to.WriteDouble(range.High);
    }

    // The code of the unit in UN/CEFACT is not known here: -1 says so (OPC 10000-8, 5.6.3).
    private static void Write(UaEncoder to, string unit)
    {
        to.WriteString("http://www.opcfoundation.org/UA/units/un/cefact");
        to.WriteInt32(-1);
        to.WriteLocalized(unit);
        to.WriteLocalized(unit);
    }
}
