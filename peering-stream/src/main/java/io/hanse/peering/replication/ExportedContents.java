package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.view.ExportLists;
import java.util.Map;
import java.util.TreeMap;

/**
 * Contents of exported services as this server has them for its peers, however many these are: each
 * name is read, marked and watched once. Nothing is kept of a name that nobody has use for. Safe
 * from any thread.
 */
public final class ExportedContents {
  /** A name that somebody has use for. */
  private final class Used {
    final String name;
    final SharedService service = new SharedService(state, shelf, this::leave);
    int users;

    Used(String name) {
      this.name = name;
    }

    private void leave() {
      synchronized (names) {
        users--;
        if (users > 0) {
          return;
        }
        names.remove(name);
      }
      service.end();
    }
  }

  private final StateReader state;
  private final ContentShelf shelf = new ContentShelf();
  private final Map<String, Used> names = new TreeMap<>();
  private final ExportLists lists = new ExportLists();

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
      used = names.computeIfAbsent(name.name(), Used::new);
      used.users++;
    }
    return new SharedService.Subscription(used.service, name, listener);
  }

  /** To be called now and then: what no peer wanted lately is put away. */
  void clean(long nowMillis) {
    shelf.clean(nowMillis);
  }

  /** What peers may see, for those who ask for one peer each. */
  ExportLists lists() {
    return lists;
  }

  /** Of contents at hand, not of marks. */
  public long bytes() {
    return shelf.bytes();
  }
}
