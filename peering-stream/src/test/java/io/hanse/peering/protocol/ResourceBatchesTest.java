package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.proto.ResourceBatch;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.proto.Route;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A server and a proxy that has much to hear at once. */
class ResourceBatchesTest {
  private static final int ROUTES = 2_000;

  private final List<String> heard = new ArrayList<>();
  private final Queue<Response> unanswered = new ArrayDeque<>();
  private int messages;
  private int bytesMax;
  private int batches;

  private StreamProbe server(int formatVersion) {
    StreamProbe server =
        new StreamProbe(ProxyResources.server(formatVersion, StreamLimits.DEFAULT))
            .on(new Input.Started());
    for (ResourceType type : ProxyResources.of(ProxyResources.MESH_GATEWAY)) {
      server.receive(StreamProbe.subscription(type));
    }
    return server.receive(StreamProbe.subscription(ProxyResources.LIST));
  }

  private void offer(StreamProbe server, ResourceType type, String id, Message payload) {
    server.offer(type, id, payload);
    unanswered.addAll(server.responses());
    assertThat(server.close()).isEmpty();
  }

  private void offerRoutes(StreamProbe server, String leadTo) {
    for (int i = 0; i < ROUTES; i++) {
      String sni = "a-service-of-" + i + ".default.dc1.internal.11111111-2222-3333.consul";
      Route route = Route.newBuilder().setSni(sni).setEndpoints(leadTo).build();
      offer(server, ProxyResources.ROUTE, sni, route);
    }
    offer(server, ProxyResources.LIST, "Route", ResourceList.newBuilder().addNames(leadTo).build());
  }

  /** Takes all that is sent, and answers each message. */
  private void takeAll(StreamProbe server) throws InvalidProtocolBufferException {
    while (!unanswered.isEmpty()) {
      Response response = unanswered.remove();
      messages++;
      bytesMax = Math.max(bytesMax, response.getSerializedSize());
      if (response.getResourceUrl().equals(ProxyResources.BATCH.url())) {
        for (ResourceBatch.Entry entry :
            response.getResource().unpack(ResourceBatch.class).getEntriesList()) {
          heard.add(entry.getId());
        }
      } else {
        heard.add(response.getResourceId());
      }
      server.receive(StreamProbe.ack(response));
      unanswered.addAll(server.responses());
      server.on(new Input.TransportReady());
      unanswered.addAll(server.responses());
    }
    assertThat(server.protocol.status().getUnacked()).isZero();
  }

  @Test
  void shouldBringThousandsOfRoutesInFewMessages() throws Exception {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION);
    offerRoutes(server, "a");
    takeAll(server);
    assertThat(heard).hasSize(ROUTES + 1).doesNotHaveDuplicates().last().isEqualTo("Route");
    assertThat(messages).isLessThan(16);
    assertThat(bytesMax).isLessThan(2 * ResourceBatches.BYTES_MAX);

    offerRoutes(server, "b");
    takeAll(server);
    assertThat(heard).hasSize(2 * (ROUTES + 1)).last().isEqualTo("Route");
    assertThat(messages).isLessThan(32);
  }

  /** Of what changes while a proxy is slow it hears the newest. */
  @Test
  void shouldNotSendWhatWasReplacedMeanwhile() throws Exception {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION);
    for (int i = 0; i < 10; i++) {
      offerRoutes(server, "a" + i);
    }
    takeAll(server);
    assertThat(heard).hasSizeLessThan(ROUTES + 32);
    assertThat(messages).isLessThan(16);
  }

  @Test
  void shouldTellAProxyThatKnowsNoBatchesOneByOne() throws Exception {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION_OF_BATCHES - 1);
    offerRoutes(server, "a");
    takeAll(server);
    assertThat(heard).hasSize(ROUTES + 1).last().isEqualTo("Route");
    assertThat(messages).isEqualTo(ROUTES + 1);
  }

  @Test
  void shouldSendWhatIsLargeAlone() throws Exception {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION);
    for (int i = 0; i < 20; i++) {
      String name = (i % 4 == 3 ? "large-" : "small-") + i;
      Endpoints.Builder endpoints = Endpoints.newBuilder().setName(name);
      for (int each = 0; each < (i % 4 == 3 ? 10_000 : 1); each++) {
        endpoints.addEndpointsBuilder().setAddress("an-address-of-some-length-" + each).setPort(1);
      }
      offer(server, ProxyResources.ENDPOINTS, name, endpoints.build());
    }
    List<Response> sent = List.copyOf(unanswered);
    takeAll(server);
    assertThat(heard)
        .containsExactlyElementsOf(
            IntStream.range(0, 20).mapToObj(i -> (i % 4 == 3 ? "large-" : "small-") + i).toList());
    assertThat(sent).hasSizeLessThan(10);
  }

  /** What waits behind as much as may be unanswered goes together; each time it is another. */
  private Response batchOf(StreamProbe server, String... ids) {
    Route route = Route.newBuilder().setEndpoints("e" + ++batches).build();
    for (int i = 0; i < 8; i++) {
      offer(server, ProxyResources.ROUTE, "before-" + i, route);
    }
    for (String id : ids) {
      offer(server, ProxyResources.ROUTE, id, route);
    }
    Response batch = null;
    while (!unanswered.isEmpty()) {
      batch = unanswered.remove();
      if (!batch.getResourceUrl().equals(ProxyResources.BATCH.url())) {
        server.receive(StreamProbe.ack(batch));
        unanswered.addAll(server.responses());
      }
    }
    assertThat(batch).isNotNull();
    assertThat(batch.getResourceUrl()).isEqualTo(ProxyResources.BATCH.url());
    return batch;
  }

  private static String refusal(Response batch, String... refused) {
    Optional<String> problem =
        ResourceBatches.unpack(
            ProxyResources.TABLE,
            batch.getResource(),
            (type, id, payload) ->
                List.of(refused).contains(id) ? Optional.of("no") : Optional.empty());
    return Answers.notStored(batch, problem.orElseThrow()).message();
  }

  @Test
  void shouldKnowWhichOfABatchIsRefusedUntilItIsTaken() {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION);
    Response batch = batchOf(server, "a", "b", "c");
    server.receive(StreamProbe.nack(batch, refusal(batch, "b")));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).containsOnlyKeys("b");

    server.receive(StreamProbe.ack(batchOf(server, "a", "c")));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).containsOnlyKeys("b");

    batch = batchOf(server, "a", "b", "c");
    server.receive(StreamProbe.nack(batch, refusal(batch, "a", "c")));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).containsOnlyKeys("a", "c");

    server.receive(StreamProbe.ack(batchOf(server, "a", "b", "c")));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).isEmpty();
  }

  /** Nothing that it holds is to blame then, as far as is known. */
  @Test
  void shouldTakeABatchForRefusedThatCouldNotBeReadAtAll() {
    StreamProbe server = server(ProxyResources.FORMAT_VERSION);
    Response batch = batchOf(server, "a", "b");
    server.receive(StreamProbe.nack(batch, "can't be decoded"));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).containsOnlyKeys("batch");
    server.receive(StreamProbe.ack(batchOf(server, "a", "b")));
    assertThat(server.protocol.status().getExportsRefusedByPeerMap()).isEmpty();
  }

  @Test
  void shouldHoldUpNoOtherByOneThatIsRefused() {
    List<OfferQueue.Offer> offers = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      Any payload = Any.newBuilder().setTypeUrl(ProxyResources.ROUTE.url()).build();
      offers.add(new OfferQueue.Offer(ProxyResources.ROUTE, id, payload));
    }
    Any unknown = Any.newBuilder().setTypeUrl("type.googleapis.com/later.Kind").build();
    offers.add(new OfferQueue.Offer(ProxyResources.ROUTE, "d", unknown));
    Any batch = ResourceBatches.pack(ProxyResources.BATCH, offers).payload();
    Optional<String> refusal =
        ResourceBatches.unpack(
            ProxyResources.TABLE,
            batch,
            (type, id, payload) -> {
              heard.add(id);
              return id.equals("b") ? Optional.of("a reason") : Optional.empty();
            });
    assertThat(heard).containsExactly("a", "b", "c");
    assertThat(refusal).contains("\"b\": a reason; \"d\": unknown kind");
    assertThat(
            ResourceBatches.unpack(
                ProxyResources.TABLE, Any.getDefaultInstance(), (type, id, payload) -> refusal))
        .isPresent();
  }
}
