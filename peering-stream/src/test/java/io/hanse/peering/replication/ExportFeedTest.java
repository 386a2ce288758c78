package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.peering.Mistakes;
import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.ServiceContent;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExportFeedTest implements ExportFeed.Sink {
  private final SimTime time = new SimTime(1);
  private final SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {});
  private final List<String> given = new ArrayList<>();
  private SortedSet<String> named = new TreeSet<>();
  private int mistakes;
  private final Mistakes made = new Mistakes();
  private final ExportFeed feed =
      new ExportFeed(
          time.newLoop(),
          cluster,
          new ExportedContents(cluster),
          "beta",
          List.of(),
          new KeptOffers().of("p1"),
          this);

  @AfterEach
  void close() {
    feed.close();
    cluster.close();
  }

  /** What is exported no more would go on to be told, with all that changes of it. */
  @Test
  void shouldTakeExportsInOnceMoreWhereThatBrokeOff() {
    cluster.apply(SimCommands.initialize(SimPair.ALPHA_ID, "dc1"));
    cluster.apply(SimCommands.acceptor(SimPair.ALPHA_ID, "beta", "secret"));
    cluster.apply(SimCommands.register("n1", "api", 80, "passing"));
    cluster.apply(SimCommands.register("n1", "web", 80, "passing"));
    cluster.apply(SimCommands.export("beta", List.of("api", "web")));
    feed.start();
    time.runFor(1_000);
    assertThat(named).containsExactly("api", "web");
    assertThat(given).containsExactlyInAnyOrder("api", "web");

    mistakes = 1;
    cluster.apply(SimCommands.export("beta", List.of("web")));
    time.runFor(5_000);
    given.clear();
    cluster.apply(SimCommands.register("n2", "api", 80, "passing"));
    cluster.apply(SimCommands.register("n2", "web", 80, "passing"));
    time.runFor(5_000);
    assertThat(named).containsExactly("web");
    assertThat(given).containsExactly("web");
  }

  @Override
  public void names(SortedSet<String> names) {
    if (mistakes-- > 0) {
      throw made.next();
    }
    named = names;
  }

  @Override
  public void content(ServiceContent content) {
    given.add(content.name());
  }

  @Override
  public void unchanged(String name, Content marks) {}

  @Override
  public void offered(ResourceType type, String id, Message payload) {}

  @Override
  public void withdrawn(ResourceType type, String id) {}

  @Override
  public boolean hasRoom() {
    return true;
  }
}
