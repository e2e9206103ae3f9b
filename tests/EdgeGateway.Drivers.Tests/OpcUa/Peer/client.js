"use strict";
// A client written by others for the tests of the simulated server: node client.js FOLDER URL SCENARIO [JSON]. Prints one line, "result " and JSON; ends by itself.
const path = require("path");
const {
  OPCUAClient, OPCUACertificateManager, SecurityPolicy, MessageSecurityMode, AttributeIds, UserTokenType, TimestampsToReturn, ClientSubscription, ClientMonitoredItem,
  DataChangeFilter, DataChangeTrigger, DeadbandType, BrowseDirection, makeBrowsePath, ReadRawModifiedDetails, HistoryReadRequest, DataType, MonitoringMode, DeleteMonitoredItemsRequest,
} = require("node-opcua");

const [folder, url, scenario] = process.argv.slice(2);
const options = JSON.parse(process.argv[5] || "{}");

async function make() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  return OPCUAClient.create({
    applicationName: "peer",
    clientCertificateManager: certificates,
    securityPolicy: SecurityPolicy[options.policy || "None"],
    securityMode: MessageSecurityMode[options.mode || "None"],
    defaultSecureTokenLifetime: options.tokenLifetime || 60000,
    endpointMustExist: false,
    requestedSessionTimeout: 60000,
    connectionStrategy: { maxRetry: 0 },
  });
}

const user = () => (options.user ? { type: UserTokenType.UserName, userName: options.user, password: options.password } : { type: UserTokenType.Anonymous });

async function inSession(act) {
  const client = await make();
  await client.connect(url);
  try {
    const session = await client.createSession(user());
    const found = await act(session, client);
    await session.close();
    return found;
  } finally {
    await client.disconnect();
  }
}

const plain = (value) => ({
  status: value.statusCode.value, type: DataType[value.value.dataType], value: value.value.value,
  source: value.sourceTimestamp ? value.sourceTimestamp.getTime() : null, server: value.serverTimestamp ? value.serverTimestamp.getTime() : null,
});

const scenarios = {
  async discover() {
    const client = await make();
    await client.connect(url);
    const endpoints = await client.getEndpoints();
    const servers = await client.findServers();
    await client.disconnect();
    return {
      endpoints: endpoints.map((e) => `${e.securityPolicyUri.split("#")[1]} ${MessageSecurityMode[e.securityMode]} ${e.userIdentityTokens.map((t) => UserTokenType[t.tokenType]).join(",")}`),
      servers: servers.map((s) => s.applicationUri),
    };
  },

  look: () => inSession(async (session) => {
    const namespaces = await session.readNamespaceArray();
    const browse = async (nodeId, most) => {
      session.requestedMaxReferencesPerNode = most;
      let result = await session.browse({ nodeId, referenceTypeId: "HierarchicalReferences", includeSubtypes: true, browseDirection: BrowseDirection.Forward, resultMask: 63 });
      const names = result.references.map((r) => r.browseName.name);
      let pages = 1;
      while (result.continuationPoint && result.continuationPoint.length > 0) {
        result = await session.browseNext(result.continuationPoint, false);
        names.push(...result.references.map((r) => r.browseName.name));
        pages++;
      }
      return { names, pages };
    };
    const translated = await session.translateBrowsePath(makeBrowsePath("ObjectsFolder", options.path));
    const values = await session.read(options.nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
    const registered = await session.registerNodes(options.nodes);
    return {
      namespaces,
      state: (await session.read({ nodeId: "i=2259", attributeId: AttributeIds.Value })).value.value,
      status: (await session.read({ nodeId: "i=2256", attributeId: AttributeIds.Value })).value.value.buildInfo.productName,
      limit: (await session.read({ nodeId: "i=11705", attributeId: AttributeIds.Value })).value.value,
      objects: await browse("ObjectsFolder", 1000),
      device: await browse(options.device, 2),
      translated: translated.targets.map((t) => t.targetId.toString()),
      registered: registered.map((n) => n.toString()),
      values: values.map((v) => (v.value.value && v.value.value.low !== undefined ? { low: v.value.value.low, high: v.value.value.high } : v.value.value && v.value.value.unitId !== undefined ? v.value.value.displayName.text : plain(v))),
      missing: (await session.read({ nodeId: "ns=1;s=nobody", attributeId: AttributeIds.Value })).statusCode.name,
      written: (await session.write({ nodeId: options.nodes[0], attributeId: AttributeIds.Value, value: { value: { dataType: DataType.Double, value: 1 } } }).catch((e) => e.message)).toString(),
    };
  }),

  history: () => inSession(async (session) => {
    const values = [];
    let continuationPoint = null;
    let pages = 0;
    do {
      const request = new HistoryReadRequest({
        historyReadDetails: new ReadRawModifiedDetails({ isReadModified: false, startTime: new Date(options.from), endTime: new Date(options.to), numValuesPerNode: options.page, returnBounds: false }),
        timestampsToReturn: TimestampsToReturn.Both, releaseContinuationPoints: false, nodesToRead: [{ nodeId: options.node, continuationPoint }],
      });
      const result = (await session.historyRead(request)).results[0];
      pages++;
      if (result.historyData) values.push(...result.historyData.dataValues.map(plain));
      continuationPoint = result.continuationPoint && result.continuationPoint.length > 0 ? result.continuationPoint : null;
    } while (continuationPoint);
    return { values, pages };
  }),

  change: () => inSession(async (session) => {
    const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const subscription = ClientSubscription.create(session, {
      requestedPublishingInterval: 100, requestedLifetimeCount: 1000, requestedMaxKeepAliveCount: 5, maxNotificationsPerPublish: 1000, publishingEnabled: true, priority: 10,
    });
    await new Promise((resolve) => subscription.on("started", resolve));
    let told = 0;
    const item = ClientMonitoredItem.create(subscription, { nodeId: options.node, attributeId: AttributeIds.Value }, { samplingInterval: 20, queueSize: 10, discardOldest: true }, TimestampsToReturn.Both);
    await new Promise((resolve) => item.on("initialized", resolve));
    item.on("changed", () => told++);
    const during = async (milliseconds) => { const before = told; await wait(milliseconds); return told - before; };
    const found = { reporting: await during(1000) };
    await item.setMonitoringMode(MonitoringMode.Disabled);
    await wait(300);
    found.disabled = await during(700);
    await item.setMonitoringMode(MonitoringMode.Reporting);
    found.again = await during(1000);
    await subscription.setPublishingMode(false);
    await wait(300);
    found.muted = await during(700);
    await subscription.setPublishingMode(true);
    found.unmuted = await during(1000);
    const revised = await item.modify({ samplingInterval: 333, queueSize: 5000, discardOldest: false });
    found.revised = { sampling: revised.revisedSamplingInterval, queue: revised.revisedQueueSize };
    const modified = await session.modifySubscription({ subscriptionId: subscription.subscriptionId, requestedPublishingInterval: 333, requestedLifetimeCount: 1, requestedMaxKeepAliveCount: 7, maxNotificationsPerPublish: 10, priority: 1 });
    found.modified = { interval: modified.revisedPublishingInterval, lifetimes: modified.revisedLifetimeCount, keepAlives: modified.revisedMaxKeepAliveCount };
    const removed = await session.deleteMonitoredItems(new DeleteMonitoredItemsRequest({ subscriptionId: subscription.subscriptionId, monitoredItemIds: [item.monitoredItemId, 99999] }));
    found.removed = removed.results.map((status) => status.name);
    await wait(500);
    found.gone = await during(700);
    await subscription.terminate();
    return found;
  }),

  watch: () => inSession(async (session, client) => {
    let renewals = 0;
    client.on("security_token_renewed", () => renewals++);
    const subscription = ClientSubscription.create(session, {
      requestedPublishingInterval: options.interval, requestedLifetimeCount: 1000, requestedMaxKeepAliveCount: 5, maxNotificationsPerPublish: 1000, publishingEnabled: true, priority: 10,
    });
    await new Promise((resolve) => subscription.on("started", resolve));
    const told = options.items.map(() => []);
    const refused = options.items.map(() => null);
    await Promise.all(options.items.map(async (item, index) => {
      const filter = item.deadband ? new DataChangeFilter({ trigger: DataChangeTrigger.StatusValue, deadbandType: DeadbandType[item.deadbandType], deadbandValue: item.deadband }) : null;
      const monitored = ClientMonitoredItem.create(subscription, { nodeId: item.node, attributeId: AttributeIds.Value },
        { samplingInterval: item.sampling, filter, queueSize: item.queue || 1, discardOldest: true }, TimestampsToReturn.Both);
      monitored.on("changed", (value) => told[index].push(plain(value)));
      monitored.on("err", (message) => (refused[index] = message));
    }));
    let keepAlives = 0;
    subscription.on("keepalive", () => keepAlives++);
    await new Promise((resolve) => setTimeout(resolve, options.milliseconds));
    await subscription.terminate();
    return { told, refused, keepAlives, renewals };
  }),
};

scenarios[scenario]().then(
  (found) => console.log("result " + JSON.stringify(found)),
  (error) => console.log("result " + JSON.stringify({ error: error.message })),
).finally(() => process.exit(0));
