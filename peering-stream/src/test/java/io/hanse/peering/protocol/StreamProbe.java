package io.hanse.peering.protocol;

import com.google.protobuf.Message;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Status;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Heartbeat;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.proto.ReplicationMessage.Terminated;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One end of a stream under test, on a clock that the test moves. */
final class StreamProbe {
  static final String PEER_ID = "7aa2df38-2047-90ca-ef39-a8c0b549a84f";

  final StreamProtocol protocol;
  long now = 1_000_000;
  List<Effect> effects = List.of();

  StreamProbe(StreamRules rules) {
    protocol = new StreamProtocol(rules);
  }

  static StreamProbe acceptor() {
    return new StreamProbe(PeerResources.acceptor(StreamLimits.DEFAULT)).on(new Input.Started());
  }

  static StreamProbe dialer() {
    return new StreamProbe(PeerResources.dialer(PEER_ID, StreamLimits.DEFAULT))
        .on(new Input.Started());
  }

  /** One that reads nothing more while it stores something. */
  static StreamProbe dialerWithRoomForOneImport() {
    StreamLimits limits =
        new StreamLimits(15_000, 120_000, 10_000, 9, 1, 1 << 20, 1 << 20, 8 << 20);
    return new StreamProbe(PeerResources.dialer(PEER_ID, limits)).on(new Input.Started());
  }

  StreamProbe on(Input input) {
    effects = protocol.on(now, input);
    return this;
  }

  StreamProbe receive(Request.Builder request) {
    return receive(ReplicationMessage.newBuilder().setRequest(request).build());
  }

  StreamProbe receive(Response.Builder response) {
    return receive(ReplicationMessage.newBuilder().setResponse(response).build());
  }

  StreamProbe receive(ReplicationMessage message) {
    return on(new Input.MessageReceived(message));
  }

  StreamProbe subscribeAll() {
    for (ResourceType type : PeerResources.TABLE.types()) {
      receive(subscription(type));
    }
    return this;
  }

  StreamProbe offer(ResourceType type, String id, Message payload) {
    return on(new Input.Offered(type, id, payload));
  }

  StreamProbe after(long millis) {
    now += millis;
    return on(new Input.Tick());
  }

  /** What was sent because of the last input. */
  List<ReplicationMessage> sent() {
    return all(Effect.Send.class).stream().map(Effect.Send::message).toList();
  }

  List<Response> responses() {
    return sent().stream()
        .filter(ReplicationMessage::hasResponse)
        .map(ReplicationMessage::getResponse)
        .toList();
  }

  List<Request> requests() {
    return sent().stream()
        .filter(ReplicationMessage::hasRequest)
        .map(ReplicationMessage::getRequest)
        .toList();
  }

  Optional<Effect.Close> close() {
    return all(Effect.Close.class).stream().findFirst();
  }

  <T extends Effect> List<T> all(Class<T> kind) {
    List<T> found = new ArrayList<>();
    for (Effect effect : effects) {
      if (kind.isInstance(effect)) {
        found.add(kind.cast(effect));
      }
    }
    return found;
  }

  static Request.Builder subscription(ResourceType type) {
    return Request.newBuilder().setResourceUrl(type.url());
  }

  static Request.Builder ack(Response response) {
    return Request.newBuilder()
        .setResourceUrl(response.getResourceUrl())
        .setResponseNonce(response.getNonce());
  }

  static Request.Builder nack(Response response, String reason) {
    return ack(response).setError(Status.newBuilder().setCode(13).setMessage(reason));
  }

  static ReplicationMessage heartbeat() {
    return ReplicationMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
  }

  static ReplicationMessage terminated() {
    return ReplicationMessage.newBuilder().setTerminated(Terminated.getDefaultInstance()).build();
  }

  static ExportedServiceList list(String... names) {
    return ExportedServiceList.newBuilder().addAllServices(List.of(names)).build();
  }

  /** The content that a service has when its rows were written at an index. */
  static ServiceContent content(String name, ExportedService service, long version) {
    List<ExportedInstance> instances =
        service.getNodesList().stream().map(row -> new ExportedInstance(row, version)).toList();
    return new ServiceContent(name, instances, version);
  }

  static ExportedService service(String name, int... ports) {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (int port : ports) {
      service.addNodes(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode("n1").setAddress("10.0.0.1"))
              .setService(
                  NodeService.newBuilder().setId(name + port).setService(name).setPort(port)));
    }
    return service.build();
  }

  /** A response as the other end sends it. */
  static Response.Builder response(String nonce, ResourceType type, String id, Message payload) {
    OfferQueue queue = new OfferQueue();
    queue.offer(new Input.Offered(type, id, payload), true);
    return Answers.response(queue.next().orElseThrow(), nonce).getResponse().toBuilder();
  }
}
