"use strict";
// A real server for the client's tests: node server.js FOLDER PORT [VARIABLES [OTHERS]]. Says "ready" when it listens; ends with its standard input.
// OTHERS is how many other namespaces come before the plant's.
// PEER_STRICT=1 takes no client that is not in FOLDER/pki/trusted/certs; PEER_CERTIFICATE and PEER_KEY name the server's own pair instead of a new one.
// Commands on standard input, one a line: "drop-sessions", "sessions".
const path = require("path");
const { OPCUAServer, SecurityPolicy, MessageSecurityMode, OPCUACertificateManager, Variant, DataType, VariantArrayType, StatusCodes, standardUnits } = require("node-opcua");

const [folder, port, variables, others] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4] || 10), Number(process.argv[5] || 0)];

async function main() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: process.env.PEER_STRICT !== "1" });
  const users = new OPCUACertificateManager({ rootFolder: path.join(folder, "user-pki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  await users.initialize();
  const server = new OPCUAServer({
    port,
    hostname: "127.0.0.1",
    serverCertificateManager: certificates,
    ...(process.env.PEER_CERTIFICATE ? { certificateFile: process.env.PEER_CERTIFICATE, privateKeyFile: process.env.PEER_KEY } : {}),
    userCertificateManager: users,
    serverInfo: { applicationUri: "urn:opcua-peer" },
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true,
    userManager: { isValidUser: (user, password) => user === "operator" && password === "pässword" },
    serverCapabilities: { operationLimits: { maxNodesPerRead: 100, maxNodesPerBrowse: 10, maxMonitoredItemsPerCall: 100 } },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  for (let i = 0; i < others; i++) space.registerNamespace(`urn:opcua-peer:other${i}`);
  const namespace = space.registerNamespace("urn:opcua-peer:plant");
  const plant = namespace.addFolder(space.rootFolder.objects, { browseName: "Plant", nodeId: "s=Plant" });
  const counters = [];
  for (let i = 0; i < variables; i++) {
    counters.push(namespace.addVariable({ componentOf: plant, browseName: `Counter${i}`, nodeId: `s=Counter${i}`, dataType: DataType.Double, minimumSamplingInterval: 0, value: { dataType: DataType.Double, value: 0 } }));
  }
  const add = (name, dataType, value, more) =>
    namespace.addVariable({ componentOf: plant, browseName: name, nodeId: `s=${name}`, dataType, ...more, value: new Variant({ dataType, value, ...(more && more.variant) }) });
  add("Flag", DataType.Boolean, true);
  add("Int16", DataType.Int16, -12345);
  add("UInt64", DataType.UInt64, [0xffffffff, 0xfffffffe], { variant: { arrayType: VariantArrayType.Scalar } });
  add("Float", DataType.Float, -6.5);
  add("Text", DataType.String, "水Boy");
  add("Time", DataType.DateTime, new Date(Date.UTC(2020, 0, 2, 3, 4, 5)));
  add("Matrix", DataType.Int32, new Int32Array([1, 2, 3, 4, 5, 6]), { valueRank: 2, arrayDimensions: [2, 3], variant: { arrayType: VariantArrayType.Matrix, dimensions: [2, 3] } });
  const history = add("History", DataType.Double, 0);
  space.installHistoricalDataNode(history, { maxOnlineValues: 1000 });
  for (let i = 1; i <= 250; i++) {
    history.setValueFromSource({ dataType: DataType.Double, value: i }, StatusCodes.Good, new Date(Date.UTC(2024, 0, 1, 0, 0, i)));
  }
  // For browsing: units, a name that stands twice, names no signal may have, an object that stands in two places, a way that leads back, properties.
  const site = namespace.addFolder(space.rootFolder.objects, { browseName: "Site", nodeId: "s=Site" });
  for (const tank of ["Tank 1", "Tank 2"]) {
    const object = namespace.addObject({ organizedBy: site, browseName: tank, nodeId: `s=${tank}` });
    namespace.addAnalogDataItem({
      componentOf: object, browseName: "Level", nodeId: `s=${tank}.Level`, dataType: "Double", engineeringUnitsRange: { low: 0, high: 12.5 },
      engineeringUnits: standardUnits.metre, value: { dataType: DataType.Double, value: 3.5 },
    });
  }
  const pump = namespace.addObject({ organizedBy: site, browseName: "Pump", displayName: "泵", nodeId: "s=Pump" });
  namespace.addVariable({ componentOf: pump, browseName: "转速", nodeId: "s=Pump.Speed", dataType: DataType.UInt16, value: { dataType: DataType.UInt16, value: 1480 } });
  namespace.addVariable({ componentOf: pump, browseName: "Hours/Days", nodeId: "s=Pump.Hours", dataType: DataType.UInt32, valueRank: 1, value: { dataType: DataType.UInt32, arrayType: VariantArrayType.Array, value: [1, 2, 3] } });
  pump.addReference({ referenceType: "Organizes", nodeId: site });
  site.addReference({ referenceType: "Organizes", nodeId: plant });
  let tick = 0;
  const clock = setInterval(() => {
    tick++;
    for (const counter of counters) counter.setValueFromSource({ dataType: DataType.Double, value: tick }, StatusCodes.Good, new Date());
  }, 50);
  await server.start();
  console.log("ready");
  process.stdin.on("data", (bytes) => {
    for (const line of bytes.toString().split("\n")) {
      if (line === "sessions") console.log(`sessions ${server.currentSessionCount}`);
      if (line === "drop-sessions") {
        for (const session of Object.values(server.engine._sessions)) server.engine.closeSession(session.authenticationToken, true, "Forcing");
        console.log("dropped");
      }
    }
  });
  process.stdin.on("end", async () => {
    clearInterval(clock);
    await server.shutdown(0);
    process.exit(0);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
