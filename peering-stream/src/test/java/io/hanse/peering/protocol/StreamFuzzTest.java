package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.hanse.fsm.row.Status;
import io.hanse.peering.proto.Receipt;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Open;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** Of one stream: each text that is kept is cut, and refusals are counted up to a bound. */
  private static final int STATUS_BYTES_MAX = 1 << 20;

  private static final int CHANGES_PENDING_MAX = 16;

  @Property(tries = 500)
  void shouldSurviveAnySequenceAsAcceptor(@ForAll long seed) {
    new Play(StreamProbe.acceptor(), new Random(seed)).play();
  }

  @Property(tries = 500)
  void shouldSurviveAnySequenceAsDialer(@ForAll long seed) {
    new Play(StreamProbe.dialer(), new Random(seed)).play();
  }

  /** Nothing is stored, and so nothing is read. */
  @Property(tries = 50)
  void shouldReadNoMoreThanItHasRoomFor(@ForAll long seed) {
    Random random = new Random(seed);
    Play play =
        new Play(random.nextBoolean() ? StreamProbe.acceptor() : StreamProbe.dialer(), random);
    play.begin(/* inChanges= */ random.nextBoolean());
    for (int i = 0; i < 1_000 && play.reads > 0 && play.closes == 0; i++) {
      ReplicationMessage message = play.message();
      if (isToBeStored(message)) {
        play.receive(message);
      }
    }
    int pendingMax = StreamLimits.DEFAULT.pendingImportsMax() + CHANGES_PENDING_MAX;
    assertThat(play.imports.size() + play.changes.size()).isLessThanOrEqualTo(pendingMax);
  }

  private static boolean isToBeStored(ReplicationMessage message) {
    return message.getExtended().hasChanges()
        || message.getResponse().getResourceUrl().equals(PeerResources.SERVICE.url());
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

  /** One end of a stream, with what it has still to hear of what it asked for. */
  private static final class Play {
    private final StreamProbe probe;
    private final Random random;
    private final ExtendedMessages extended;
    private final List<Effect.Import> imports = new ArrayList<>();
    private final List<Effect.ImportChanges> changes = new ArrayList<>();
    private boolean agreed;
    private int heldAsked;
    private int toAnswer;
    private int reads;
    private int closes;

    Play(StreamProbe probe, Random random) {
      this.probe = probe;
      this.random = random;
      extended = new ExtendedMessages(random, TEXTS);
      took();
      toAnswer = 0;
    }

    void begin(boolean inChanges) {
      agreed = inChanges;
      if (inChanges) {
        give(new Input.ChangesAgreed());
        assertThat(heldAsked).isEqualTo(1);
      }
    }

    void play() {
      if (random.nextBoolean()) {
        for (ResourceType type : PeerResources.TABLE.types()) {
          give(
              new Input.MessageReceived(
                  ReplicationMessage.newBuilder()
                      .setRequest(StreamProbe.subscription(type))
                      .build()));
        }
      }
      begin(/* inChanges= */ random.nextBoolean());
      for (int i = 0; i < MESSAGES && closes == 0; i++) {
        if (random.nextInt(3) == 0) {
          change(i);
        }
        receive(message());
        while (random.nextBoolean() && closes == 0) {
          finishOne();
        }
      }
      while (closes == 0 && imports.size() + changes.size() > 0) {
        finishOne();
      }
    }

    ReplicationMessage message() {
      return random.nextBoolean()
          ? ReplicationMessage.newBuilder().setExtended(extended.any()).build()
          : StreamFuzzTest.message(random);
    }

    void receive(ReplicationMessage message) {
      reads--;
      toAnswer += message.hasResponse() ? 1 : 0;
      give(new Input.MessageReceived(message));
      require(probe, message);
    }

    /** Something of this end. */
    private void change(int version) {
      String name = one(TEXTS, random);
      switch (random.nextInt(5)) {
        case 0 -> give(new Input.ExportedNames(new TreeSet<>(List.of("web", name))));
        case 1, 2 ->
            give(
                new Input.ServiceOffered(
                    StreamProbe.content("web", StreamProbe.service("web", version + 1), version)));
        case 3 -> give(new Input.AllOffered(probe.now, random.nextBoolean()));
        default ->
            give(
                new Input.Offered(
                    PeerResources.SERVICE, name, StreamProbe.service("web", version + 1)));
      }
      probe.now += random.nextInt(2_000);
    }

    /** Tells it of something that it asked for. */
    private void finishOne() {
      if (heldAsked > 0 && random.nextBoolean()) {
        heldAsked = 0;
        TreeMap<String, ByteString> held = new TreeMap<>(Map.of("api", ByteString.EMPTY));
        give(new Input.HeldRead(held));
      } else if (!imports.isEmpty()) {
        Effect.Import one = imports.remove(random.nextInt(imports.size()));
        Optional<String> problem =
            random.nextBoolean() ? Optional.empty() : Optional.of(one(TEXTS, random));
        give(new Input.ImportFinished(one.sequence(), problem));
      } else if (!changes.isEmpty()) {
        finish(changes.remove(random.nextInt(changes.size())));
      }
    }

    private void finish(Effect.ImportChanges done) {
      Map<Integer, String> refusals = new TreeMap<>();
      Set<Integer> misfits = new TreeSet<>();
      for (int i = 0; i < done.changes().size(); i++) {
        boolean isTooLong = done.changes().get(i).getService().length() > PeerTexts.NAME_MAX;
        if (isTooLong || random.nextInt(3) == 0) {
          refusals.put(i, one(TEXTS, random));
        } else if (random.nextInt(3) == 0) {
          misfits.add(i);
        }
      }
      give(new Input.ChangesStored(done.number(), 7, refusals, misfits));
      if (closes == 0) {
        assertThat(probe.sent())
            .filteredOn(message -> message.getExtended().hasReceipt())
            .as("each number is answered once")
            .singleElement()
            .satisfies(
                message -> {
                  Receipt receipt = message.getExtended().getReceipt();
                  assertThat(receipt.getNumber()).isEqualTo(done.number());
                  assertThat(receipt.getRefusalsCount()).isEqualTo(refusals.size());
                });
      }
    }

    private void give(Input input) {
      boolean isStored = input instanceof Input.ChangesStored;
      probe.on(input);
      if (!isStored) {
        assertThat(probe.sent()).noneMatch(message -> message.getExtended().hasReceipt());
      }
      took();
      assertThat(toAnswer).as("each is answered once").isNotNegative();
    }

    private void took() {
      assertThat(closes == 0 || probe.effects.isEmpty()).as("nothing follows the end").isTrue();
      for (Effect.ImportChanges asked : probe.all(Effect.ImportChanges.class)) {
        assertThat(agreed).isTrue();
        assertThat(changes).noneMatch(before -> before.number() == asked.number());
        changes.add(asked);
      }
      toAnswer -= probe.requests().size();
      imports.addAll(probe.all(Effect.Import.class));
      heldAsked += probe.all(Effect.ReadHeld.class).size();
      reads += probe.all(Effect.Read.class).size();
      closes += probe.all(Effect.Close.class).size();
      assertThat(closes).isLessThanOrEqualTo(1);
      assertThat(agreed || probe.sent().stream().noneMatch(ReplicationMessage::hasExtended))
          .as("what was not agreed on is not said")
          .isTrue();
      assertThat(probe.protocol.status().getSerializedSize()).isLessThan(STATUS_BYTES_MAX);
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
