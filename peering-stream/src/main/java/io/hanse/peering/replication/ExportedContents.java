package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * Contents of exported services as this server has them for its peers, however many these are: each
 * name is read, marked and watched once. Nothing is kept of a name that nobody has use for. Safe
 * from any thread.
 */
public final class ExportedContents {
  /** A name that somebody has use for. */
  private static final class Used {
    final SharedService service;
    int users;

    Used(SharedService service) {
      this.service = service;
    }
  }

  private final StateReader state;
  private final ContentShelf shelf = new ContentShelf();
  private final Map<String, Used> names = new TreeMap<>();

  public ExportedContents(StateReader state) {
    this.state = state;
  }

  /**
   * Begins to know a name.
   *
   * @param listener told on some thread, once after each content that was given, that it changed
   */
  SharedService.Subscription subscribe(ExportedName name, Runnable listener) {
    Used used;
    synchronized (names) {
      used = names.computeIfAbsent(name.name(), n -> new Used(new SharedService(state, shelf)));
      used.users++;
    }
    return new SharedService.Subscription(
        used.service, name, listener, () -> leave(name.name(), used));
  }

  private void leave(String name, Used used) {
    synchronized (names) {
      used.users--;
      if (used.users > 0) {
        return;
      }
      names.remove(name);
    }
    used.service.end();
  }

  /** To be called now and then: what no peer wanted lately is put away. */
  void clean(long nowMillis) {
    shelf.clean(nowMillis);
  }

  /** Of contents at hand, not of marks. */
  long bytes() {
    return shelf.bytes();
  }
}
