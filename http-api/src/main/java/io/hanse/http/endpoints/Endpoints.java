package io.hanse.http.endpoints;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.agent.SessionRenewal;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.metrics.Metric;
import io.hanse.identity.CaService;
import io.hanse.identity.LeafCache;
import io.hanse.peering.PeeringService;
import java.util.Map;
import java.util.function.LongSupplier;

/** All groups of handlers over the ports of a server. */
public record Endpoints(
    CatalogEndpoints catalog,
    HealthEndpoints health,
    KvEndpoints kv,
    SessionEndpoints sessions,
    QueryEndpoints queries,
    TxnEndpoint txn,
    EventEndpoints events,
    CoordinateEndpoints coordinates,
    ConfigEndpoints config,
    PeeringEndpoints peering,
    ConnectEndpoints connect,
    IntentionEndpoints intentions,
    LegacyIntentions legacyIntentions,
    ChainEndpoint chain,
    AgentEndpoints agent,
    AgentHealth agentHealth,
    Handler agentService,
    Handler leaf,
    OperatorEndpoints operator,
    AclEndpoints acl,
    Handler configureCa,
    AutopilotEndpoints autopilot,
    SnapshotEndpoints snapshots,
    QuotaEndpoints quota,
    UsageEndpoint usage,
    DigestEndpoints digests,
    KeyringEndpoints keyring,
    MetricsEndpoint metrics) {

  /**
   * What the endpoints work on.
   *
   * @param gauges what parts of the server tell of themselves at {@code /v1/agent/metrics}
   */
  public record Ports(
      StateReader reader,
      CommandSubmitter submitter,
      Leadership leadership,
      LeaderCall leaderCall,
      ServerCall serverCall,
      Membership membership,
      LocalAgent agent,
      SessionRenewal renewal,
      IdSource ids,
      PeeringService peerings,
      LeafCache leaves,
      CaService authority,
      Map<Metric, LongSupplier> gauges) {}

  /**
   * Makes the handlers.
   *
   * @param defaultIntentionPolicy "allow", "deny", or "" where nobody has said
   */
  public static Endpoints of(Ports ports, String defaultIntentionPolicy, Transfers transfers) {
    Writes writes = new Writes(ports.submitter());
    return new Endpoints(
        new CatalogEndpoints(writes, ports.agent().datacenter()),
        new HealthEndpoints(),
        new KvEndpoints(writes),
        new SessionEndpoints(writes, ports.renewal(), ports.ids(), ports.agent().nodeName()),
        new QueryEndpoints(
            writes,
            ports.reader(),
            ports.ids(),
            ports.agent().nodeName(),
            ports.agent().datacenter()),
        new TxnEndpoint(writes, ports.reader(), ports.agent().datacenter()),
        new EventEndpoints(writes, ports.agent(), ports.ids()),
        new CoordinateEndpoints(writes, ports.agent().datacenter()),
        new ConfigEndpoints(writes, ports.reader()),
        new PeeringEndpoints(ports.peerings()),
        new ConnectEndpoints(defaultIntentionPolicy),
        new IntentionEndpoints(writes, defaultIntentionPolicy),
        new LegacyIntentions(writes, ports.ids()),
        new ChainEndpoint(ports.agent().datacenter()),
        new AgentEndpoints(ports.agent()),
        new AgentHealth(ports.agent()),
        new ServiceByHash(ports.agent()),
        new LeafEndpoint(ports.reader(), ports.leaves(), ports.agent().datacenter()),
        new OperatorEndpoints(ports.reader(), ports.leadership(), ports.membership()),
        new AclEndpoints(),
        new CaConfigurationEndpoint(ports.reader(), ports.authority()),
        new AutopilotEndpoints(writes, ports.reader(), ports.leaderCall()),
        new SnapshotEndpoints(
            ports.reader(),
            ports.leadership(),
            ports.membership(),
            new RestoreRun(ports.submitter(), ports.reader(), transfers),
            transfers),
        new QuotaEndpoints(writes),
        new UsageEndpoint(ports.reader(), ports.agent().datacenter()),
        new DigestEndpoints(ports.reader(), ports.membership(), ports.serverCall()),
        new KeyringEndpoints(
            ports.reader(), ports.membership(), ports.serverCall(), ports.agent().datacenter()),
        new MetricsEndpoint(ports.reader(), ports.leadership(), ports.peerings(), ports.gauges()));
  }
}
