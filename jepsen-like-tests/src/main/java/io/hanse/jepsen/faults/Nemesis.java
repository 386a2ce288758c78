package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One way to hurt a cluster for a while. Each undoes itself. */
public sealed interface Nemesis {
  /** Does harm. */
  void begin(Cluster cluster) throws IOException, InterruptedException;

  /** Undoes it; the cluster has leave to take its time. */
  void end(Cluster cluster) throws IOException, InterruptedException;

  /** All kinds, in an order drawn from the seed, so often as to make a number. */
  static List<Nemesis> schedule(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Nemesis> schedule = new ArrayList<>();
    while (schedule.size() < count) {
      List<Nemesis> round =
          new ArrayList<>(
              List.of(
                  new KillLeader(),
                  new PauseLeader(),
                  new KillFollower(random.nextInt(Integer.MAX_VALUE)),
                  new RestartAll()));
      while (!round.isEmpty() && schedule.size() < count) {
        schedule.add(round.remove(random.nextInt(round.size())));
      }
    }
    return schedule;
  }

  /** SIGKILL to whoever leads. */
  record KillLeader() implements Nemesis {
    @Override
    public void begin(Cluster cluster) throws InterruptedException {
      cluster.leader().orElse(cluster.servers().get(0)).kill();
    }

    @Override
    public void end(Cluster cluster) throws IOException {
      startAll(cluster);
    }
  }

  /** SIGKILL to one of the others; which, is drawn. */
  record KillFollower(int draw) implements Nemesis {
    @Override
    public void begin(Cluster cluster) throws InterruptedException {
      ServerProcess leader = cluster.leader().orElse(null);
      List<ServerProcess> others =
          cluster.servers().stream().filter(server -> server != leader).toList();
      others.get(draw % others.size()).kill();
    }

    @Override
    public void end(Cluster cluster) throws IOException {
      startAll(cluster);
    }
  }

  /** SIGSTOP to whoever leads: it comes back and believes to lead still. */
  record PauseLeader() implements Nemesis {
    @Override
    public void begin(Cluster cluster) throws IOException, InterruptedException {
      cluster.leader().orElse(cluster.servers().get(0)).pause();
    }

    @Override
    public void end(Cluster cluster) throws IOException, InterruptedException {
      for (ServerProcess server : cluster.servers()) {
        server.resume();
      }
    }
  }

  /** SIGKILL to all at once, then all start. */
  record RestartAll() implements Nemesis {
    @Override
    public void begin(Cluster cluster) throws IOException, InterruptedException {
      for (ServerProcess server : cluster.servers()) {
        server.kill();
      }
      startAll(cluster);
    }

    @Override
    public void end(Cluster cluster) throws IOException {
      startAll(cluster);
    }
  }

  private static void startAll(Cluster cluster) throws IOException {
    for (ServerProcess server : cluster.servers()) {
      server.start();
    }
  }
}
