package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.hanse.fsm.row.Status;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Open;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever another cluster sends: the rules answer, or end the stream, and never fail. */
class StreamFuzzTest {
  private static final int MESSAGES = 60;
  private static final List<String> URLS =
      List.of(
          "",
          "type.googleapis.com/no.such.Thing",
          PeerResources.SERVICE.url(),
          PeerResources.SERVICE_LIST.url(),
          PeerResources.TRUST_BUNDLE.url(),
          PeerResources.SERVER_ADDRESSES.url());
  private static final List<String> TEXTS =
      List.of("", "web", "roots", "00000001", "\u0000", "é\n", "x".repeat(100_000));

  @Property(tries = 500)
  void shouldSurviveAnySequenceAsAcceptor(@ForAll long seed) {
    play(StreamProbe.acceptor(), new Random(seed));
  }

  @Property(tries = 500)
  void shouldSurviveAnySequenceAsDialer(@ForAll long seed) {
    play(StreamProbe.dialer(), new Random(seed));
  }

  @Property(tries = 1000)
  void shouldSurviveAnyBytes(@ForAll @Size(max = 120) byte[] bytes) {
    ReplicationMessage message;
    try {
      message = ReplicationMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    require(StreamProbe.acceptor().receive(message), message);
    require(StreamProbe.dialer().receive(message), message);
  }

  private static void play(StreamProbe probe, Random random) {
    if (random.nextBoolean()) {
      probe.subscribeAll();
    }
    for (int i = 0; i < MESSAGES; i++) {
      if (random.nextInt(4) == 0) {
        probe.offer(PeerResources.SERVICE, one(TEXTS, random), StreamProbe.service("web", i + 1));
      }
      ReplicationMessage message = message(random);
      probe.receive(message);
      require(probe, message);
      if (probe.close().isPresent()) {
        return;
      }
      for (Effect.Import received : probe.all(Effect.Import.class)) {
        Optional<String> problem =
            random.nextBoolean() ? Optional.empty() : Optional.of(one(TEXTS, random));
        probe.on(new Input.ImportFinished(received.sequence(), problem));
        assertThat(probe.requests()).as("each is answered once").hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  /** What is stored was checked; one message leads to few. */
  private static void require(StreamProbe probe, ReplicationMessage message) {
    for (Effect.Import received : probe.all(Effect.Import.class)) {
      Response response = message.getResponse();
      assertThat(received.type().url()).isEqualTo(response.getResourceUrl());
      assertThat(response.getResource().getTypeUrl()).isEqualTo(response.getResourceUrl());
      assertThat(response.getNonce()).isNotEmpty();
    }
    assertThat(probe.requests()).hasSizeLessThanOrEqualTo(1);
    assertThat(probe.all(Effect.Close.class)).hasSizeLessThanOrEqualTo(1);
  }

  private static ReplicationMessage message(Random random) {
    ReplicationMessage.Builder message = ReplicationMessage.newBuilder();
    switch (random.nextInt(10)) {
      case 0 -> message.setOpen(Open.newBuilder().setPeerId(one(TEXTS, random)));
      case 1 -> message.setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance());
      case 2 ->
          message.setUnknownFields(
              UnknownFieldSet.newBuilder()
                  .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                  .build());
      case 3, 4 -> message.setRequest(request(random));
      default -> message.setResponse(response(random));
    }
    return message.build();
  }

  private static Request.Builder request(Random random) {
    Request.Builder request =
        Request.newBuilder()
            .setResourceUrl(one(URLS, random))
            .setResponseNonce(one(TEXTS, random))
            .setPeerId(one(TEXTS, random));
    return random.nextBoolean()
        ? request
        : request.setError(
            Status.newBuilder().setCode(random.nextInt()).setMessage(one(TEXTS, random)));
  }

  private static Response.Builder response(Random random) {
    byte[] content = new byte[random.nextInt(40)];
    random.nextBytes(content);
    String url = one(URLS, random);
    Response.Builder response =
        Response.newBuilder()
            .setNonce(one(TEXTS, random))
            .setResourceUrl(url)
            .setResourceId(one(TEXTS, random))
            .setOperationValue(random.nextInt(4));
    return random.nextInt(5) == 0
        ? response
        : response.setResource(
            Any.newBuilder()
                .setTypeUrl(random.nextInt(4) == 0 ? one(URLS, random) : url)
                .setValue(ByteString.copyFrom(content)));
  }

  private static String one(List<String> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }
}
