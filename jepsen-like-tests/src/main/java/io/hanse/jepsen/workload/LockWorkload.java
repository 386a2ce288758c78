package io.hanse.jepsen.workload;

import io.hanse.jepsen.check.LockCheck;
import io.hanse.jepsen.history.Hold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Clients that take locks by sessions and give them back, or end the session. A hold is far shorter
 * than a session lives, so that nobody may lose a lock while it counts as held.
 */
public final class LockWorkload implements Workload {
  private static final int LOCKS = 2;
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final String SESSION = "{\"TTL\":\"60s\",\"LockDelay\":\"0s\",\"NodeChecks\":[]}";

  private final List<Hold> holds = new ArrayList<>();
  private final AtomicInteger names = new AtomicInteger();
  private final Clients clients;

  public LockWorkload(Site site, int each, long seed) {
    clients = new Clients(site, each, seed, PAUSE_NANOS, Client::new);
  }

  @Override
  public String name() {
    return "locks";
  }

  @Override
  public void close() {
    clients.close();
  }

  @Override
  public Verdict verdict() {
    synchronized (holds) {
      return new Verdict(holds.size() + " holds", LockCheck.check(holds), holds.isEmpty());
    }
  }

  private final class Client implements Clients.Client {
    private final String name = "holder-" + names.incrementAndGet();
    private @Nullable String session;

    /** One of which it is not known whether it holds; it is ended before anything else. */
    private @Nullable String doubtful;

    @Override
    public void step(Api api, SplittableRandom random) throws InterruptedException {
      if (doubtful != null) {
        if (api.put("/v1/session/destroy/" + doubtful, "").isOk()) {
          doubtful = null;
        }
        return;
      }
      if (session == null) {
        Api.Answer made = api.put("/v1/session/create", SESSION);
        session = made.isOk() ? made.values("ID").get(0) : null;
        return;
      }
      String lock = "lock-" + random.nextInt(LOCKS);
      Api.Answer taken = api.put("/v1/kv/" + lock + "?acquire=" + session, name);
      long from = System.nanoTime();
      if (!taken.isOk()) {
        giveUpOn(session);
      } else if (taken.body().strip().equals("true")) {
        hold(api, lock, session, from, random);
      }
    }

    private void hold(Api api, String lock, String by, long from, SplittableRandom random)
        throws InterruptedException {
      Api.Answer seen = api.get("/v1/kv/" + lock + "?consistent");
      long fence = seen.isOk() ? seen.number("LockIndex") : 0;
      long until = System.nanoTime();
      synchronized (holds) {
        holds.add(new Hold(lock, name, from, until, fence));
      }
      boolean endsSession = random.nextInt(4) == 0;
      Api.Answer given =
          endsSession
              ? api.put("/v1/session/destroy/" + by, "")
              : api.put("/v1/kv/" + lock + "?release=" + by, name);
      if (!given.isOk()) {
        giveUpOn(by);
      } else if (endsSession) {
        session = null;
      }
    }

    private void giveUpOn(String which) {
      doubtful = which;
      session = null;
    }
  }
}
