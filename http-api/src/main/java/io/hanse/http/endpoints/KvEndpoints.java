package io.hanse.http.endpoints;

import com.google.protobuf.UnsafeByteOperations;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Kv;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** {@code /v1/kv}: values under keys, with compare-and-set and locks. */
public final class KvEndpoints {
  private static final String MISSING = "Missing key name";
  private final Writes writes;

  KvEndpoints(Writes writes) {
    this.writes = writes;
  }

  public Answer get(Call call, View view) {
    Parameters parameters = call.parameters();
    Kv kv = new Kv(view);
    if (parameters.has("keys")) {
      String separator = parameters.first("separator");
      List<String> keys =
          kv.keys(call.rest(), separator.isEmpty() ? parameters.first("seperator") : separator);
      boolean isMissing = keys.isEmpty() && !call.rest().isEmpty();
      return isMissing ? Answer.none(404) : Answer.json(out -> out.strings(keys));
    }
    if (parameters.has("recurse")) {
      List<KvEntry> entries = kv.list(call.rest());
      return entries.isEmpty() ? Answer.none(404) : Answer.json(entries);
    }
    Optional<KvEntry> entry = kv.get(call.rest(MISSING));
    if (entry.isEmpty()) {
      return Answer.none(404);
    }
    return parameters.has("raw") ? raw(entry.get()) : Answer.json(List.of(entry.get()));
  }

  /** Nobody knows what it is: a browser must not take it for a page of ours. */
  private static Answer raw(KvEntry entry) {
    return Answer.raw("text/plain", entry.getValue())
        .with(Map.of("X-Content-Type-Options", "nosniff", "Content-Security-Policy", "sandbox"));
  }

  public CompletableFuture<Answer> put(Call call) {
    Parameters parameters = call.parameters();
    refuseConflicts(parameters, "cas", "acquire", "release");
    String key = call.rest(MISSING);
    WriteKv.Builder write =
        WriteKv.newBuilder()
            .setEntry(
                KvEntry.newBuilder()
                    .setKey(key)
                    .setFlags(
                        parameters.has("flags") ? Writes.number(parameters.first("flags")) : 0)
                    .setValue(UnsafeByteOperations.unsafeWrap(call.body())));
    if (parameters.has("cas")) {
      write.setVerb(WriteKv.Verb.CAS).setCas(Writes.number(parameters.first("cas")));
    } else if (parameters.has("acquire")) {
      write.setVerb(WriteKv.Verb.LOCK).getEntryBuilder().setSession(parameters.first("acquire"));
    } else if (parameters.has("release")) {
      write.setVerb(WriteKv.Verb.UNLOCK).getEntryBuilder().setSession(parameters.first("release"));
    }
    return submit(write);
  }

  public CompletableFuture<Answer> delete(Call call) {
    Parameters parameters = call.parameters();
    refuseConflicts(parameters, "recurse", "cas");
    WriteKv.Builder write = WriteKv.newBuilder();
    if (parameters.has("recurse")) {
      write.setVerb(WriteKv.Verb.DELETE_TREE).getEntryBuilder().setKey(call.rest());
      return submit(write);
    }
    write.setVerb(WriteKv.Verb.DELETE).getEntryBuilder().setKey(call.rest(MISSING));
    if (parameters.has("cas")) {
      write.setVerb(WriteKv.Verb.DELETE_CAS).setCas(Writes.number(parameters.first("cas")));
    }
    return submit(write);
  }

  private CompletableFuture<Answer> submit(WriteKv.Builder write) {
    return writes
        .submit(Command.newBuilder().setWriteKv(write).build(), "raft apply failed: ")
        .thenApply(result -> Answer.json(result.getDone()));
  }

  private static void refuseConflicts(Parameters parameters, String... exclusive) {
    if (Stream.of(exclusive).filter(parameters::has).count() > 1) {
      throw HttpProblem.badRequest("Conflicting flags: " + parameters.encoded() + "\n");
    }
  }
}
