package io.hanse.jepsen.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Runs clients, each a thread with a server of its own, until told to stop. */
final class Clients implements AutoCloseable {
  /** One client's next operation. */
  interface Client {
    void step(Api api, SplittableRandom random) throws InterruptedException;
  }

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /** Starts so many clients on each server, with choices drawn from the seed. */
  Clients(Site site, int each, long seed, long pauseNanos, Supplier<Client> clients) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int server = 0; server < site.servers().size(); server++) {
      for (int i = 0; i < each; i++) {
        Api api = site.api(server);
        SplittableRandom own = random.split();
        Client client = clients.get();
        long restNanos = pauseNanos * site.rest();
        threads.add(new Thread(() -> run(client, api, own, restNanos), "client"));
      }
    }
    threads.forEach(Thread::start);
  }

  private void run(Client client, Api api, SplittableRandom random, long restNanos) {
    try {
      while (!stopped) {
        client.step(api, random);
        LockSupport.parkNanos(restNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all after what each is doing. */
  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
