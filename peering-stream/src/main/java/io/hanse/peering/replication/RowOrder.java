package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode.Category;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Has what contradicts something under way wait for it: an instance that has become another
 * service's, a node of another name. The log may take a command at a second try only, behind newer
 * ones; most of these differ in nothing that both of them write, and need not wait. Used on its
 * loop only.
 */
final class RowOrder {
  /**
   * What is said of rows: by key, whose an instance is and how a node is called. Of two keys that
   * happen to have the same hash one waits for the other without need.
   */
  static final class Words {
    private final Map<Long, String> said = new HashMap<>();

    Words add(String service, List<CheckServiceNode> instances) {
      String owner = Keys.fold(service);
      for (CheckServiceNode instance : instances) {
        String node = Keys.fold(instance.getNode().getNode());
        said.put(key(node, Keys.fold(instance.getService().getId())), owner);
        if (!instance.getNode().getId().isEmpty()) {
          said.put(key("", Keys.fold(instance.getNode().getId())), node);
        }
      }
      return this;
    }

    static Words of(List<ImportChange> changes) {
      Words words = new Words();
      changes.forEach(change -> words.add(change.getService(), change.getInstancesList()));
      return words;
    }

    private static long key(String first, String second) {
      return ((long) first.hashCode() << 32) | (second.hashCode() & 0xffff_ffffL);
    }

    boolean contradict(Words others) {
      boolean isSmaller = said.size() <= others.said.size();
      Map<Long, String> few = isSmaller ? said : others.said;
      Map<Long, String> many = isSmaller ? others.said : said;
      return few.entrySet().stream()
          .anyMatch(
              word -> {
                String other = many.get(word.getKey());
                return other != null && !other.equals(word.getValue());
              });
    }
  }

  private record UnderWay(Words words, CompletableFuture<?> settled) {}

  private final Set<UnderWay> underWay = new LinkedHashSet<>();

  /**
   * Stores at once, or once all is settled that the words contradict. Fails, without an attempt,
   * where the log did not take one of these: it may yet come to be there.
   */
  <T> CompletableFuture<T> store(Words words, Supplier<CompletableFuture<T>> store) {
    List<CompletableFuture<?>> before = new ArrayList<>();
    for (UnderWay earlier : underWay) {
      if (earlier.words.contradict(words)) {
        before.add(earlier.settled);
      }
    }
    CompletableFuture<T> stored =
        before.isEmpty()
            ? store.get()
            : CompletableFuture.allOf(before.toArray(CompletableFuture<?>[]::new))
                .thenCompose(settled -> store.get());
    CompletableFuture<?> settled = stored.exceptionallyCompose(RowOrder::unlessRefused);
    if (!settled.isDone()) {
      UnderWay added = new UnderWay(words, settled);
      underWay.add(added);
      settled.whenComplete((result, failure) -> underWay.remove(added));
    }
    return stored;
  }

  /** What is refused is settled. */
  private static <T> CompletableFuture<T> unlessRefused(Throwable failure) {
    return LogWriter.problemOf(failure).code().category() == Category.CALLER
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(failure);
  }
}
