package io.hanse.fsm.chain;

import io.hanse.fsm.row.HeaderModifiers;
import io.hanse.fsm.row.ServiceSplit;

/** What happens to headers on the way through two splitters. */
final class HeaderMerge {
  private static final HeaderModifiers NONE = HeaderModifiers.getDefaultInstance();

  private HeaderMerge() {}

  /** A request meets the outer splitter first, its response last: who comes last decides. */
  static ServiceSplit through(ServiceSplit outer, ServiceSplit inner) {
    ServiceSplit.Builder merged = inner.toBuilder();
    HeaderModifiers request = merge(outer.getRequestHeaders(), inner.getRequestHeaders());
    HeaderModifiers response = merge(inner.getResponseHeaders(), outer.getResponseHeaders());
    if (!request.equals(NONE)) {
      merged.setRequestHeaders(request);
    }
    if (!response.equals(NONE)) {
      merged.setResponseHeaders(response);
    }
    return merged.build();
  }

  private static HeaderModifiers merge(HeaderModifiers first, HeaderModifiers last) {
    HeaderModifiers.Builder both = first.toBuilder();
    both.putAllAdd(last.getAddMap()).putAllSet(last.getSetMap());
    for (String name : last.getRemoveList()) {
      if (!both.getRemoveList().contains(name)) {
        both.addRemove(name);
      }
    }
    return both.build();
  }
}
