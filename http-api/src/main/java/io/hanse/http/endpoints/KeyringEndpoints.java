package io.hanse.http.endpoints;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Servers;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.request.KeyringQuestion;
import io.hanse.http.request.KeyringQuestion.Verb;
import io.hanse.http.request.KeyringReply;
import io.hanse.http.request.KeyringRequest;
import io.hanse.peering.GoBase64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code /v1/operator/keyring}: the keys that the servers share, seen and changed on all of them.
 * Consul has one ring for the servers of all datacenters and one for its own; here both are one.
 */
public final class KeyringEndpoints {
  /** Of the question between servers. */
  public static final String QUESTION = "keyring";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int RELAYS_MAX = 5;

  private final StateReader reader;
  private final Membership membership;
  private final ServerCall servers;
  private final String datacenter;

  KeyringEndpoints(
      StateReader reader, Membership membership, ServerCall servers, String datacenter) {
    this.reader = reader;
    this.membership = membership;
    this.servers = servers;
    this.datacenter = datacenter;
  }

  /** What one server answered. */
  private record Said(String node, KeyringReply reply) {
    boolean isFailure() {
      return !reply.getProblem().isEmpty();
    }
  }

  public CompletableFuture<Answer> list(Call call) {
    requireRelays(call);
    boolean isLocal = isLocalOnly(call);
    return ask(KeyringQuestion.getDefaultInstance())
        .thenApply(
            all -> {
              requireAll(all, isLocal);
              return Answer.json(
                  out -> {
                    out.beginArray();
                    if (!isLocal) {
                      write(out, true, all);
                    }
                    write(out, false, all);
                    out.endArray();
                  });
            });
  }

  public CompletableFuture<Answer> install(Call call) {
    return change(call, Verb.VERB_INSTALL);
  }

  public CompletableFuture<Answer> use(Call call) {
    return change(call, Verb.VERB_USE);
  }

  public CompletableFuture<Answer> remove(Call call) {
    return change(call, Verb.VERB_REMOVE);
  }

  private CompletableFuture<Answer> change(Call call, Verb verb) {
    String key = Bodies.agent(call, KeyringRequest.newBuilder()).build().getKey();
    requireRelays(call);
    if (isLocalOnly(call)) {
      throw HttpProblem.badRequest(
          "Invalid use of local-only: local-only can only be set for list requests");
    }
    OptionalInt mistake = GoBase64.decode(key).mistake();
    if (mistake.isPresent()) {
      String why = "illegal base64 data at input byte " + mistake.getAsInt();
      throw HttpProblem.internal(
          Bodies.all(List.of("WAN error: " + why, datacenter + " (LAN) error: " + why)));
    }
    return ask(KeyringQuestion.newBuilder().setVerb(verb).setKey(key).build())
        .thenApply(
            all -> {
              requireAll(all, false);
              return Answer.ok();
            });
  }

  private static void requireRelays(Call call) {
    String text = call.parameters().first("relay-factor");
    int relays;
    try {
      relays = text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest(
          "Error parsing relay factor: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    }
    if (relays < 0 || relays > RELAYS_MAX) {
      throw HttpProblem.badRequest("Invalid relay-factor: Relay factor must be in range: [0, 5]");
    }
  }

  private static boolean isLocalOnly(Call call) {
    String text = call.parameters().first("local-only");
    return !text.isEmpty()
        && call.parameters()
            .truth("local-only")
            .orElseThrow(
                () ->
                    HttpProblem.badRequest(
                        "Error parsing local-only: strconv.ParseBool: parsing \""
                            + text
                            + "\": invalid syntax"));
  }

  private CompletableFuture<List<Said>> ask(KeyringQuestion question) {
    Map<String, String> names = names();
    List<CompletableFuture<Said>> asked = new ArrayList<>();
    for (Membership.Member member : membership.knownMembers()) {
      String node = names.getOrDefault(member.raftId(), member.raftId());
      asked.add(
          servers
              .callServer(member.raftId(), QUESTION, question.toByteString(), PATIENCE)
              .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .handle((answer, failure) -> new Said(node, reply(answer, failure))));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> asked.stream().map(CompletableFuture::join).toList());
  }

  @SuppressWarnings("NullAway") // A future answers with either of both.
  private static KeyringReply reply(ByteString answer, Throwable failure) {
    if (failure != null) {
      String why = String.valueOf(ProblemResponses.unwrap(failure).getMessage());
      return KeyringReply.newBuilder().setProblem(why.isEmpty() ? "no answer" : why).build();
    }
    try {
      return KeyringReply.parseFrom(answer);
    } catch (InvalidProtocolBufferException e) {
      return KeyringReply.newBuilder().setProblem("an answer that is not readable").build();
    }
  }

  private Map<String, String> names() {
    try (View view = reader.view()) {
      return new Servers(view).nodes();
    }
  }

  private void requireAll(List<Said> all, boolean isLocal) {
    List<Said> failed = all.stream().filter(Said::isFailure).toList();
    if (failed.isEmpty()) {
      return;
    }
    String how = " error: " + failed.size() + "/" + all.size() + " nodes reported failure";
    List<String> complaints = new ArrayList<>();
    if (!isLocal) {
      complaints.add("WAN" + how);
      failed.forEach(
          said -> complaints.add(said.node + "." + datacenter + ": " + said.reply.getProblem()));
    }
    complaints.add(datacenter + " (LAN)" + how);
    failed.forEach(said -> complaints.add(said.node + ": " + said.reply.getProblem()));
    throw HttpProblem.internal(Bodies.all(complaints));
  }

  private void write(JsonWriter out, boolean isWan, List<Said> all) {
    Map<String, Integer> keys = new TreeMap<>();
    Map<String, Integer> first = new TreeMap<>();
    for (Said said : all) {
      said.reply.getKeysList().forEach(key -> keys.merge(key, 1, Integer::sum));
      if (said.reply.getKeysCount() > 0) {
        first.merge(said.reply.getKeys(0), 1, Integer::sum);
      }
    }
    out.beginObject()
        .field("WAN", isWan)
        .field("Datacenter", datacenter)
        .field("Segment", "")
        .field("Keys", keys)
        .field("PrimaryKeys", first)
        .field("NumNodes", all.size())
        .endObject();
  }
}
