package io.hanse.peering.protocol;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The importing end of a stream as a Consul speaks it: has each resource stored and answers it. */
final class ImportExchange {
  private final StatusRecorder status;
  private final ImportQueue queue = new ImportQueue();
  private final StrayServices strays = new StrayServices();

  ImportExchange(StatusRecorder status) {
    this.status = status;
  }

  void received(ResourceType type, Response response) {
    strays.received(type, response);
    queue.add(type, response);
  }

  /** What may be stored now, beside what is in work. */
  List<Effect.Import> ready() {
    return queue.ready();
  }

  /** Takes an outcome; answers what can be answered now. */
  List<Request> finished(long nowMillis, Input.ImportFinished finished) {
    List<Request> answers = new ArrayList<>();
    for (ImportQueue.Finished done : queue.finish(finished.sequence(), finished.problem())) {
      if (StrayServices.isOwn(done.response())) {
        ownFinished(nowMillis, done);
      } else {
        answers.add(answer(nowMillis, done));
      }
    }
    return answers;
  }

  /** The same where nobody waits for answers any more. */
  void finishedLate(Input.ImportFinished finished) {
    queue.finish(finished.sequence(), finished.problem());
  }

  private Request answer(long nowMillis, ImportQueue.Finished done) {
    Response response = done.response();
    if (done.problem().isPresent()) {
      Answers.Nack nack = Answers.notStored(response, done.problem().get());
      status.notStored(nowMillis, response.getResourceId(), nack.message());
      return Answers.nack(response, nack);
    }
    strays
        .stored(nowMillis, done.type(), response)
        .forEach(again -> queue.add(PeerResources.SERVICE, again));
    status.stored(nowMillis, done.type(), response.getResourceId(), response.getResource());
    return Answers.ack(response);
  }

  /** Of a list that is stored once more there is nothing to tell: all has been said of it. */
  private void ownFinished(long nowMillis, ImportQueue.Finished done) {
    Response response = done.response();
    String id = response.getResourceId();
    strays.finished(nowMillis, done.type(), done.problem().isEmpty());
    if (done.type().equals(PeerResources.SERVICE)) {
      done.problem()
          .ifPresentOrElse(
              problem -> status.notStored(nowMillis, id, problem),
              () -> status.stored(nowMillis, done.type(), id, response.getResource()));
    }
  }

  /**
   * Queues what time has made due.
   *
   * @return why the stream has to end, if it has to
   */
  Optional<LinkStatus> tick(long nowMillis) {
    strays.due(nowMillis).ifPresent(list -> queue.add(PeerResources.SERVICE_LIST, list));
    return strays.excess();
  }

  /** How many are received and not answered. */
  int size() {
    return queue.size();
  }

  /** What these take. */
  long bytes() {
    return queue.bytes();
  }
}
