"use strict";
// A server for the benchmarks: node bench-server.js FOLDER PORT VARIABLES PERIOD. All variables change together, every PERIOD ms; no limits on calls. Says "ready"; ends with its standard input.
const path = require("path");
const { OPCUAServer, SecurityPolicy, MessageSecurityMode, OPCUACertificateManager, DataType, StatusCodes } = require("node-opcua");

const [folder, port, variables, period] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), Number(process.argv[5])];

async function main() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  const server = new OPCUAServer({
    port,
    hostname: "127.0.0.1",
    serverCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:opcua-bench" },
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    serverCapabilities: { maxMonitoredItemsPerSubscription: 100000, operationLimits: { maxNodesPerRead: 10000, maxMonitoredItemsPerCall: 10000 } },
  });
  await server.initialize();
  const namespace = server.engine.addressSpace.registerNamespace("urn:opcua-bench:plant");
  const folderNode = namespace.addFolder(server.engine.addressSpace.rootFolder.objects, { browseName: "Plant", nodeId: "s=Plant" });
  const nodes = [];
  for (let i = 0; i < variables; i++) {
    nodes.push(namespace.addVariable({ componentOf: folderNode, browseName: `v${i}`, nodeId: `s=v${i}`, dataType: DataType.Double, minimumSamplingInterval: 0, value: { dataType: DataType.Double, value: 0 } }));
  }
  let tick = 0;
  const clock = setInterval(() => {
    tick++;
    const now = new Date();
    for (const node of nodes) node.setValueFromSource({ dataType: DataType.Double, value: tick }, StatusCodes.Good, now);
  }, period);
  await server.start();
  console.log("ready");
  process.stdin.resume();
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
