package io.hanse.http.endpoints;

import com.google.protobuf.UnsafeByteOperations;
import io.hanse.fsm.filter.Regex;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.FireEvent;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.UserEvents;
import io.hanse.http.agent.LocalAgent;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/event}: events that users fire, and those that are about this agent. */
public final class EventEndpoints {
  private static final int VERSION = 1;

  /** What Serf takes by default. */
  private static final int BYTES_MAX = 512;

  private final Writes writes;
  private final LocalAgent agent;
  private final IdSource ids;

  EventEndpoints(Writes writes, LocalAgent agent, IdSource ids) {
    this.writes = writes;
    this.agent = agent;
    this.ids = ids;
  }

  public CompletableFuture<Answer> fire(Call call) {
    UserEvent event =
        UserEvent.newBuilder()
            .setId(ids.uuid())
            .setName(call.rest("Missing name"))
            .setPayload(UnsafeByteOperations.unsafeWrap(call.body()))
            .setNodeFilter(call.parameters().first("node"))
            .setServiceFilter(call.parameters().first("service"))
            .setTagFilter(call.parameters().first("tag"))
            .setVersion(VERSION)
            .build();
    if (!event.getTagFilter().isEmpty() && event.getServiceFilter().isEmpty()) {
      throw HttpProblem.internal("Cannot provide tag filter without service filter");
    }
    requireRegex("node", event.getNodeFilter());
    requireRegex("service", event.getServiceFilter());
    requireRegex("tag", event.getTagFilter());
    if (event.getName().length() + event.getPayload().size() > BYTES_MAX) {
      throw HttpProblem.internal(
          "user event exceeds configured limit of " + BYTES_MAX + " bytes before encoding");
    }
    return writes
        .submit(Command.newBuilder().setFireEvent(FireEvent.newBuilder().setEvent(event)).build())
        .thenApply(result -> Answer.json(event));
  }

  private static void requireRegex(String what, String pattern) {
    try {
      Regex.compile(pattern);
    } catch (IllegalArgumentException e) {
      throw HttpProblem.internal("Invalid " + what + " filter: " + e.getMessage());
    }
  }

  public Answer list(Call call, View view) {
    String name = call.parameters().first("name");
    List<UserEvent> events =
        new UserEvents(view)
            .all().stream()
                .filter(event -> name.isEmpty() || event.getName().equals(name))
                .filter(this::isAboutThisAgent)
                .toList();
    return Answer.json(events);
  }

  private boolean isAboutThisAgent(UserEvent event) {
    if (!matches(event.getNodeFilter(), agent.nodeName())) {
      return false;
    }
    return event.getServiceFilter().isEmpty()
        || agent.services().stream().anyMatch(service -> isAbout(event, service));
  }

  private static boolean isAbout(UserEvent event, NodeService service) {
    return matches(event.getServiceFilter(), service.getService())
        && (event.getTagFilter().isEmpty()
            || service.getTagsList().stream().anyMatch(tag -> matches(event.getTagFilter(), tag)));
  }

  private static boolean matches(String pattern, String text) {
    return pattern.isEmpty() || Regex.compile(pattern).isFoundIn(text);
  }
}
