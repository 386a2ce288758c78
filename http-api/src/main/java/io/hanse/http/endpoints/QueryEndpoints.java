package io.hanse.http.endpoints;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeletePreparedQuery;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.QueryDns;
import io.hanse.fsm.row.WritePreparedQuery;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.QueryRun;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.query.Metadata;
import io.hanse.http.query.QueryOptions;
import io.hanse.http.query.Reads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** {@code /v1/query}: look-ups of services that are stored, and run by id or name. */
public final class QueryEndpoints {
  private static final String EXECUTE = "/execute";
  private static final String EXPLAIN = "/explain";
  private static final String LOOKUP = "Prepared Query lookup failed: ";

  /** Said with reads that find nothing to read. */
  private static final Map<String, String> UNREAD = Metadata.WITH_CONSISTENCY.headersUnread();

  /** What names the agent that was asked, where a node can be named. */
  private static final String AGENT = "_agent";

  /** Consul says it of all runs: nobody can wait for them to change. */
  private static final long NO_INDEX = 1;

  private final Writes writes;
  private final StateReader reader;
  private final IdSource ids;
  private final String node;
  private final String datacenter;

  QueryEndpoints(Writes writes, StateReader reader, IdSource ids, String node, String datacenter) {
    this.writes = writes;
    this.reader = reader;
    this.ids = ids;
    this.node = node;
    this.datacenter = datacenter;
  }

  public CompletableFuture<Answer> create(Call call) {
    PreparedQuery.Builder query = Bodies.query(call, PreparedQuery.newBuilder());
    if (!query.getId().isEmpty()) {
      throw HttpProblem.internal("ID must be empty when creating a new prepared query");
    }
    String id = ids.uuid();
    return write(query.setId(id), false)
        .thenApply(done -> Answer.json(out -> out.beginObject().field("ID", id).endObject()));
  }

  public CompletableFuture<Answer> update(Call call) {
    String id = idToChange(call);
    PreparedQuery.Builder query = PreparedQuery.newBuilder();
    if (call.body().length > 0) {
      Bodies.query(call, query);
    }
    return write(query.setId(id), true).thenApply(done -> Answer.ok());
  }

  private CompletableFuture<?> write(PreparedQuery.Builder query, boolean isUpdate) {
    PreparedQuery complete = query.clearRaftIndex().build();
    QueryRules.require(complete);
    return writes.submit(
        Command.newBuilder()
            .setWritePreparedQuery(
                WritePreparedQuery.newBuilder().setQuery(complete).setIsUpdate(isUpdate))
            .build(),
        QueryRules.NOT_APPLIED);
  }

  public CompletableFuture<Answer> delete(Call call) {
    return writes
        .submit(
            Command.newBuilder()
                .setDeletePreparedQuery(DeletePreparedQuery.newBuilder().setId(idToChange(call)))
                .build())
        .thenApply(done -> Answer.ok());
  }

  private static String idToChange(Call call) {
    if (call.path().endsWith(EXECUTE) || call.path().endsWith(EXPLAIN)) {
      throw new HttpProblem(405, "method " + call.method() + " not allowed")
          .with(Map.of("Allow", "GET"));
    }
    QueryRules.requireId(call.rest(), LOOKUP);
    return call.rest();
  }

  public Answer list(Call call, View view) {
    return Answer.json(new PreparedQueries(view).all());
  }

  /** All that is read below {@code /v1/query/}: a query, what it is made to, and what it finds. */
  public Handler read(Reads reads) {
    Handler get = reads.blocking(Metadata.WITH_CONSISTENCY, QueryEndpoints::get);
    Handler execute = reads.once(Metadata.NONE, this::execute);
    Handler explain = reads.once(Metadata.NONE, this::explain);
    return new Handler() {
      @Override
      public CompletableFuture<Answer> handle(Call call) {
        Handler chosen =
            call.path().endsWith(EXECUTE) ? execute : call.path().endsWith(EXPLAIN) ? explain : get;
        return chosen.handle(call);
      }

      @Override
      public boolean isBlocking() {
        return true;
      }

      @Override
      public Map<String, String> headersUnread() {
        return get.headersUnread();
      }
    };
  }

  private static Answer get(Call call, View view) {
    try {
      QueryRules.requireId(call.rest(), "");
    } catch (HttpProblem problem) {
      throw problem.with(UNREAD);
    }
    return Answer.json(
        List.of(
            new PreparedQueries(view).query(call.rest()).orElseThrow(QueryEndpoints::notFound)));
  }

  private static HttpProblem notFound() {
    return HttpProblem.notFound("Query not found").with(Metadata.WITH_CONSISTENCY.headersUnread());
  }

  private Answer explain(Call call, View view) {
    limitOf(call);
    PreparedQuery query = resolved(call, view, EXPLAIN);
    return answer(call, out -> out.field("Query", query));
  }

  private Answer execute(Call call, View view) {
    int limit = limitOf(call);
    boolean connect = isConnect(call);
    PreparedQuery query = resolved(call, view, EXECUTE);
    QueryRun run = QueryRun.of(view, query, connect);
    List<CheckServiceNode> instances = ordered(call, query, run);
    List<CheckServiceNode> first =
        limit > 0 && instances.size() > limit ? instances.subList(0, limit) : instances;
    return answer(
        call,
        out ->
            out.field("Service", query.getService().getService())
                .key("Nodes")
                .values(first)
                .field("DNS", query.hasDns() ? query.getDns() : QueryDns.getDefaultInstance())
                .field("Datacenter", run.peer().isEmpty() ? datacenter : "")
                .field("PeerName", run.peer())
                .field("Failovers", run.failovers()));
  }

  private static PreparedQuery resolved(Call call, View view, String suffix) {
    String rest = call.rest();
    String idOrName =
        rest.endsWith(suffix) ? rest.substring(0, rest.length() - suffix.length()) : rest;
    try {
      return new PreparedQueries(view).resolve(idOrName).orElseThrow(QueryEndpoints::notFound);
    } catch (ProblemException e) {
      throw HttpProblem.internal(String.valueOf(e.getMessage())).with(UNREAD);
    }
  }

  /** Each time another one first, so that clients who take the first do not all take the same. */
  private List<CheckServiceNode> ordered(Call call, PreparedQuery query, QueryRun run) {
    List<CheckServiceNode> instances = new ArrayList<>(run.instances());
    Collections.shuffle(instances, ThreadLocalRandom.current());
    String asked = call.parameters().first("near");
    String named = asked.isEmpty() ? query.getService().getNear() : asked;
    String near = named.equals(AGENT) ? node : named;
    if (run.peer().isEmpty() && !near.isEmpty()) {
      for (int i = 0; i < instances.size(); i++) {
        if (instances.get(i).getNode().getNode().equalsIgnoreCase(near)) {
          Collections.swap(instances, 0, i);
          break;
        }
      }
    }
    return instances;
  }

  private static int limitOf(Call call) {
    String text = call.parameters().first("limit");
    try {
      return text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.internal(
          "Bad limit: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    }
  }

  private static boolean isConnect(Call call) {
    String text = call.parameters().first("connect");
    return !text.isEmpty()
        && call.parameters()
            .truth("connect")
            .orElseThrow(
                () ->
                    HttpProblem.internal(
                        "Error parsing 'connect' value: strconv.ParseBool: parsing \""
                            + text
                            + "\": invalid syntax"));
  }

  /** With what Consul says of a read, in the body and as headers. */
  private Answer answer(Call call, JsonWriter.Content content) {
    Level level = QueryOptions.parse(call.parameters()).level();
    Freshness freshness = reader.freshness();
    return Answer.json(
            out -> {
              content.writeTo(out.beginObject());
              ReadMeta.write(out, NO_INDEX, freshness, Metadata.word(level)).endObject();
            })
        .with(Metadata.WITH_CONSISTENCY.headers(NO_INDEX, freshness, level));
  }
}
