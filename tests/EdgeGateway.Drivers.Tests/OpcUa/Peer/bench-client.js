"use strict";
// node-opcua's own client for the benchmarks: node bench-client.js FOLDER URL read|subscribe none|secured NODES PERIOD SECONDS.
// Prints "values SECONDS CPU_MICROSECONDS RSS_BYTES" of the measured time, which begins after five seconds.
const path = require("path");
const { OPCUAClient, OPCUACertificateManager, SecurityPolicy, MessageSecurityMode, AttributeIds, TimestampsToReturn } = require("node-opcua");

const [folder, url, mode, security] = process.argv.slice(2, 6);
const [nodes, period, seconds] = process.argv.slice(6).map(Number);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "client-pki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  const secured = security === "secured";
  const client = OPCUAClient.create({
    endpointMustExist: false,
    clientCertificateManager: certificates,
    securityMode: secured ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
    securityPolicy: secured ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None,
  });
  await client.connect(url);
  const session = await client.createSession();
  const index = (await session.readNamespaceArray()).indexOf("urn:opcua-bench:plant");
  const items = Array.from({ length: nodes }, (_, i) => ({ nodeId: `ns=${index};s=v${i}`, attributeId: AttributeIds.Value }));
  let values = 0;
  let from;
  const begin = () => ({ values, cpu: process.cpuUsage(), at: process.hrtime.bigint() });
  if (mode === "read") {
    const until = async (ms) => {
      const end = Date.now() + ms;
      while (Date.now() < end) values += (await session.read(items)).filter((each) => each.statusCode.isGood()).length;
    };
    await until(5000);
    from = begin();
    await until(seconds * 1000);
  } else {
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: period, requestedLifetimeCount: 1000, requestedMaxKeepAliveCount: 20, maxNotificationsPerPublish: 10000, publishingEnabled: true, priority: 0,
    });
    const group = await subscription.monitorItems(items, { samplingInterval: period, queueSize: 10, discardOldest: true }, TimestampsToReturn.Both);
    group.on("changed", () => values++);
    await wait(5000);
    from = begin();
    await wait(seconds * 1000);
  }
  const cpu = process.cpuUsage(from.cpu);
  console.log(`${values - from.values} ${Number(process.hrtime.bigint() - from.at) / 1e9} ${cpu.user + cpu.system} ${process.memoryUsage().rss}`);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
