package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a question looks at does not grow with the instances of services that it is not about. */
class CatalogCostTest {
  private static final int SMALL = 20;
  private static final int LARGE = 2_000;

  /** Counts the keys and rows that are handed over. */
  private static final class CountingRows implements Rows {
    private final Rows rows;
    private int count;

    CountingRows(Rows rows) {
      this.rows = rows;
    }

    @Override
    public byte[] get(TableId table, Key key) {
      count++;
      return rows.get(table, key);
    }

    @Override
    public void scan(TableId table, Key prefix, Visitor visitor) {
      rows.scan(
          table,
          prefix,
          (key, value, index) -> {
            count++;
            return visitor.visit(key, value, index);
          });
    }

    @Override
    public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {
      rows.scanKeys(
          table,
          prefix,
          from,
          (key, index) -> {
            count++;
            return visitor.visit(key, index);
          });
    }

    @Override
    public int size(TableId table) {
      return rows.size(table);
    }

    @Override
    public long publicIndex() {
      return rows.publicIndex();
    }
  }

  private static final Map<String, Consumer<Rows>> QUESTIONS = questions();

  private static Map<String, Consumer<Rows>> questions() {
    Map<String, Consumer<Rows>> all = new LinkedHashMap<>();
    all.put("names with tags", rows -> new Catalog(rows).serviceNames(""));
    all.put("names", rows -> new Catalog(rows).names(""));
    all.put("names of a kind", rows -> new Catalog(rows).namesOfKind("", ""));
    all.put("a small service", rows -> new Health(rows).service("", "small"));
    all.put("its sidecars", rows -> new Health(rows).connect("", "small"));
    all.put("its checks", rows -> new Health(rows).ofService("", "small"));
    all.put("a node", rows -> new Catalog(rows).servicesOfNode("", "n1"));
    all.put("checks that fail", rows -> new Health(rows).inState("", "critical"));
    return all;
  }

  private static Map<String, Integer> costs(int instances) {
    try (Replica replica = new Replica()) {
      replica.done(register(node("n0"), service("small", "s"), check("c", "s", "critical")));
      replica.done(register(node("n0"), sidecar("small")));
      for (int i = 1; i <= instances; i++) {
        replica.done(
            register(
                node("n" + i),
                service("large", "l").addTags("a").addTags("b"),
                check("c", "l", "passing")));
      }
      Map<String, Integer> costs = new LinkedHashMap<>();
      QUESTIONS.forEach(
          (name, question) -> {
            CountingRows rows = new CountingRows(replica.now());
            question.accept(rows);
            costs.put(name, rows.count);
          });
      return costs;
    }
  }

  @Test
  void shouldLookAtNoMoreInALargeCatalog() {
    assertThat(costs(LARGE)).isEqualTo(costs(SMALL));
  }
}
