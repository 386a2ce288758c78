package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.protocol.ResourceType.Order;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was received and is not answered yet, in the order of arrival. Decides what may be stored at
 * the same time; answers leave in the order of arrival.
 */
final class ImportQueue {
  /** A received resource with its outcome. */
  record Finished(ResourceType type, Response response, Optional<String> problem) {}

  private static final class Item {
    final long sequence;
    final ResourceType type;
    final Response response;
    boolean handedOut;
    boolean finished;
    Optional<String> problem = Optional.empty();

    Item(long sequence, ResourceType type, Response response) {
      this.sequence = sequence;
      this.type = type;
      this.response = response;
    }
  }

  private final Map<Long, Item> items = new LinkedHashMap<>();
  private final Deque<Item> waiting = new ArrayDeque<>();
  private final Set<String> namesInWork = new TreeSet<>();
  private boolean aloneInWork;
  private int inWork;
  private long bytes;
  private long sequences;

  void add(ResourceType type, Response response) {
    Item item = new Item(++sequences, type, response);
    items.put(item.sequence, item);
    waiting.add(item);
    bytes += response.getSerializedSize();
  }

  /** What may be stored now, beside what is in work. */
  List<Effect.Import> ready() {
    List<Effect.Import> ready = new ArrayList<>();
    while (!waiting.isEmpty() && mayStart(waiting.getFirst())) {
      Item item = waiting.removeFirst();
      item.handedOut = true;
      inWork++;
      aloneInWork = item.type.order() == Order.ALONE;
      namesInWork.add(nameOf(item));
      Any payload = item.response.getResource();
      ready.add(
          new Effect.Import(item.sequence, item.type, item.response.getResourceId(), payload));
    }
    return ready;
  }

  private boolean mayStart(Item item) {
    if (aloneInWork) {
      return false;
    }
    return item.type.order() == Order.ALONE ? inWork == 0 : !namesInWork.contains(nameOf(item));
  }

  private static String nameOf(Item item) {
    return item.type.url() + ' ' + item.response.getResourceId();
  }

  /** Takes an outcome; answers what can be answered now. */
  List<Finished> finish(long sequence, Optional<String> problem) {
    Item done = items.get(sequence);
    if (done == null || !done.handedOut || done.finished) {
      return List.of();
    }
    done.finished = true;
    done.problem = problem;
    inWork--;
    aloneInWork = false;
    namesInWork.remove(nameOf(done));
    List<Finished> answers = new ArrayList<>();
    var inOrder = items.values().iterator();
    while (inOrder.hasNext()) {
      Item item = inOrder.next();
      if (!item.finished) {
        break;
      }
      inOrder.remove();
      bytes -= item.response.getSerializedSize();
      answers.add(new Finished(item.type, item.response, item.problem));
    }
    return answers;
  }

  int size() {
    return items.size();
  }

  long bytes() {
    return bytes;
  }
}
