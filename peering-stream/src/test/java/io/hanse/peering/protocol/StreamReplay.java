package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts our rules in the place of one end of a recorded stream: gives them what that end received,
 * and what its cluster must have told it, and expects every message that it sent.
 */
final class StreamReplay {
  private final StreamProbe probe;
  private final String name;
  private final Deque<Effect.Import> imports = new ArrayDeque<>();
  private final List<ReplicationMessage> outbox = new ArrayList<>();
  private Set<String> exported = new TreeSet<>();
  private Optional<Effect.Close> close = Optional.empty();
  private int checked;

  StreamReplay(String name, StreamRules rules) {
    this.name = name;
    probe = new StreamProbe(rules);
  }

  void start() throws Exception {
    give(new Input.Started());
  }

  void at(long millis) {
    probe.now = 1_000_000 + millis;
  }

  void give(Input input) throws Exception {
    probe.on(input);
    for (ReplicationMessage sent : probe.sent()) {
      outbox.add(canonical(sent));
    }
    imports.addAll(probe.all(Effect.Import.class));
    if (close.isEmpty()) {
      close = probe.close();
    }
    if (!probe.all(Effect.StoreTermination.class).isEmpty()) {
      give(new Input.TerminationStored());
    }
  }

  void received(ReplicationMessage message) throws Exception {
    give(new Input.MessageReceived(message));
  }

  /** The recorded end sent this: so must ours. */
  void expect(ReplicationMessage recorded) throws Exception {
    ReplicationMessage message = canonical(recorded);
    if (!outbox.contains(message)) {
      provoke(message);
    }
    assertThat(outbox).as(name).contains(message);
    outbox.remove(message);
    checked++;
  }

  private void provoke(ReplicationMessage message) throws Exception {
    switch (message.getPayloadCase()) {
      case RESPONSE -> offer(message.getResponse());
      case REQUEST -> finishImport(message.getRequest());
      case HEARTBEAT -> give(new Input.Tick());
      case TERMINATED -> give(new Input.DeleteRequested());
      default -> throw new AssertionError(name + ": nothing leads to " + message);
    }
  }

  private void offer(Response response) throws Exception {
    ResourceType type = PeerResources.TABLE.byUrl(response.getResourceUrl()).orElseThrow();
    Message payload = payload(type, response);
    if (payload instanceof ExportedServiceList list) {
      Set<String> names = new TreeSet<>(list.getServicesList());
      exported.removeAll(names);
      for (String gone : exported) {
        give(new Input.Withdrawn(PeerResources.SERVICE, gone));
        give(new Input.Withdrawn(PeerResources.SERVICE, gone + PeerResources.TWIN_SUFFIX));
      }
      exported = names;
    }
    give(new Input.Offered(type, response.getResourceId(), payload));
  }

  /** Consul writes maps in any order. */
  private static ReplicationMessage canonical(ReplicationMessage message) throws Exception {
    Response response = message.getResponse();
    Optional<ResourceType> type = PeerResources.TABLE.byUrl(response.getResourceUrl());
    if (type.isEmpty()) {
      return message;
    }
    Response.Builder sorted =
        StreamProbe.response(
            response.getNonce(),
            type.get(),
            response.getResourceId(),
            payload(type.get(), response));
    return ReplicationMessage.newBuilder().setResponse(sorted).build();
  }

  private static Message payload(ResourceType type, Response response) throws Exception {
    var bytes = response.getResource().getValue();
    if (type.equals(PeerResources.SERVICE)) {
      return ExportedService.parseFrom(bytes);
    } else if (type.equals(PeerResources.SERVICE_LIST)) {
      return ExportedServiceList.parseFrom(bytes);
    } else if (type.equals(PeerResources.TRUST_BUNDLE)) {
      return PeeringTrustBundle.parseFrom(bytes);
    }
    return PeeringServerAddresses.parseFrom(bytes);
  }

  private void finishImport(Request answer) throws Exception {
    Effect.Import done = imports.removeFirst();
    Optional<String> problem = Optional.empty();
    if (answer.hasError()) {
      String text = answer.getError().getMessage();
      String head = "ResourceID: \"" + done.id() + "\": ";
      problem = Optional.of(text.substring(text.indexOf(head) + head.length()));
    }
    give(new Input.ImportFinished(done.sequence(), problem));
  }

  /** Whether there is nothing that ours sent and the recorded end did not. */
  void expectNothingElse() {
    assertThat(outbox).as(name).isEmpty();
  }

  void expectClose(LinkStatus status) {
    assertThat(close.map(Effect.Close::status)).as(name).contains(status);
  }

  void expectOpen() {
    assertThat(close).as(name).isEmpty();
  }

  boolean isClosed() {
    return close.isPresent();
  }

  Optional<Effect.Close> close() {
    return close;
  }

  int checked() {
    return checked;
  }
}
