package io.hanse.fsm.apply;

import io.hanse.fsm.config.ConfigEntryKind;
import java.util.List;

/** The kinds of entries that give a name a discovery chain of its own. */
final class ChainKinds {
  static final List<ConfigEntryKind> ALL =
      List.of(
          ConfigEntryKind.SERVICE_ROUTER,
          ConfigEntryKind.SERVICE_SPLITTER,
          ConfigEntryKind.SERVICE_RESOLVER);

  private ChainKinds() {}
}
