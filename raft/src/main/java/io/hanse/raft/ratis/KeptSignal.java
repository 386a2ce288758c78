package io.hanse.raft.ratis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.util.AwaitForSignal;

/** A signal that is kept until it was waited for. Ratis' own is lost if it comes a little early. */
final class KeptSignal extends AwaitForSignal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition given = lock.newCondition();
  private volatile boolean isGiven;

  KeptSignal(String name) {
    super(name);
  }

  @Override
  public void await() throws InterruptedException {
    while (!await(1, TimeUnit.DAYS)) {}
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (long left = unit.toNanos(time); !isGiven; left = given.awaitNanos(left)) {
        if (left <= 0) {
          return false;
        }
      }
      isGiven = false;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void signal() {
    // Whoever takes it afterwards sees what was done before.
    if (isGiven) {
      return;
    }
    lock.lock();
    try {
      isGiven = true;
      given.signal();
    } finally {
      lock.unlock();
    }
  }
}
