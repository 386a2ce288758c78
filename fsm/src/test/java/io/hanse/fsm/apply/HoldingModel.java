package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.row.CatalogVerb;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.view.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The model's keys, sessions and what one holds of the other, in plain maps. */
final class HoldingModel {
  record ModelKey(
      String value, long lockIndex, String session, long createIndex, long modifyIndex) {}

  record ModelSession(String node, List<String> checks, String behavior, long delayMillis) {}

  final TreeMap<String, ModelKey> keys = new TreeMap<>();
  final TreeMap<String, ModelSession> sessions = new TreeMap<>();
  final TreeMap<String, Long> delays = new TreeMap<>();
  final TreeMap<String, Double> coordinates = new TreeMap<>();
  final List<String> events = new ArrayList<>();
  long fence;
  long timeMillis;
  private final CatalogModel catalog;

  HoldingModel(CatalogModel catalog) {
    this.catalog = catalog;
  }

  HoldingModel copy(CatalogModel catalogCopy) {
    HoldingModel copy = new HoldingModel(catalogCopy);
    copy.keys.putAll(keys);
    copy.sessions.putAll(sessions);
    copy.delays.putAll(delays);
    copy.coordinates.putAll(coordinates);
    copy.events.addAll(events);
    copy.fence = fence;
    copy.timeMillis = timeMillis;
    return copy;
  }

  static ModelSession modelOf(Session session) {
    return new ModelSession(
        session.getNode(),
        List.copyOf(Sessions.checkIds(session)),
        session.getBehavior(),
        session.getLockDelay().getSeconds() * 1_000);
  }

  void create(Session session, long index) {
    require(index > 0 && !sessions.containsKey(session.getId()));
    require(catalog.nodes.containsKey(CatalogModel.at("", session.getNode())));
    for (String check : Sessions.checkIds(session)) {
      CatalogModel.ModelCheck stored =
          catalog.checks.get(CatalogModel.at("", session.getNode(), check));
      require(stored != null && !stored.status().equals("critical"));
    }
    sessions.put(session.getId(), modelOf(session));
  }

  boolean destroy(String id, long index) {
    ModelSession session = sessions.remove(id);
    if (session == null) {
      return false;
    }
    for (String key : List.copyOf(keys.keySet())) {
      ModelKey held = keys.get(key);
      if (held.session().equals(id)) {
        if (session.behavior().equals("delete")) {
          keys.remove(key);
        } else {
          put(key, held.value(), held.lockIndex(), "", index);
        }
        long end = timeMillis + Math.min(session.delayMillis(), 60_000);
        if (session.delayMillis() > 0) {
          delays.merge(key, end, Math::max);
        }
      }
    }
    return true;
  }

  /** Sessions whose node or check the command before failed. */
  void endWhatFailed(long index) {
    for (String id : List.copyOf(sessions.keySet())) {
      ModelSession session = sessions.get(id);
      boolean isOver = catalog.failed.contains(CatalogModel.at("", session.node()));
      for (String check : session.checks()) {
        isOver |= catalog.failed.contains(CatalogModel.at("", session.node(), check));
      }
      if (isOver) {
        destroy(id, index);
      }
    }
    coordinates.keySet().removeAll(catalog.failed);
    catalog.failed.clear();
  }

  boolean locate(Coordinate coordinate) {
    String node = CatalogModel.at("", coordinate.getNode());
    if (!catalog.nodes.containsKey(node)) {
      return false;
    }
    coordinates.put(node, coordinate.getCoord().getHeight());
    return true;
  }

  void fire(UserEvent event) {
    events.add(event.getId());
  }

  private void put(String key, String value, long lockIndex, String session, long index) {
    ModelKey old = keys.get(key);
    boolean isSame =
        old != null
            && old.value().equals(value)
            && old.lockIndex() == lockIndex
            && old.session().equals(session);
    if (!isSame) {
      long created = old == null ? index : old.createIndex();
      keys.put(key, new ModelKey(value, lockIndex, session, created, index));
    }
  }

  private void set(String key, String value, long index) {
    ModelKey old = keys.get(key);
    put(key, value, old == null ? 0 : old.lockIndex(), old == null ? "" : old.session(), index);
  }

  private long version(String key) {
    return keys.containsKey(key) ? keys.get(key).modifyIndex() : 0;
  }

  boolean write(WriteKv command, long index) {
    KvEntry entry = command.getEntry();
    require(!entry.getKey().isEmpty() || command.getVerb() == WriteKv.Verb.DELETE_TREE);
    return write(
        KvOperation.Verb.valueOf(command.getVerb().name()), entry, command.getCas(), index);
  }

  private boolean write(KvOperation.Verb verb, KvEntry entry, long expected, long index) {
    String key = entry.getKey();
    String value = entry.getValue().toStringUtf8();
    ModelKey old = keys.get(key);
    switch (verb) {
      case SET -> set(key, value, index);
      case CAS -> {
        if (version(key) != expected) {
          return false;
        }
        set(key, value, index);
      }
      case DELETE -> keys.remove(key);
      case DELETE_CAS -> {
        if (old != null && version(key) != expected) {
          return false;
        }
        keys.remove(key);
      }
      case DELETE_TREE -> keys.keySet().removeIf(one -> one.startsWith(key));
      case LOCK -> {
        String session = entry.getSession();
        require(sessions.containsKey(session));
        boolean isHeld = old != null && !old.session().isEmpty();
        if (delays.getOrDefault(key, 0L) > timeMillis
            || (isHeld && !old.session().equals(session))) {
          return false;
        }
        long locks = old == null ? 0 : old.lockIndex();
        put(key, value, isHeld ? locks : locks + 1, session, index);
      }
      case UNLOCK -> {
        require(!entry.getSession().isEmpty());
        if (old == null || !old.session().equals(entry.getSession())) {
          return false;
        }
        put(key, value, old.lockIndex(), "", index);
      }
      default -> throw new AssertionError(verb);
    }
    return true;
  }

  /** One operation of a transaction: whether it does not fail. */
  boolean operate(TransactionOperation operation, long index) {
    return switch (operation.getOperationCase()) {
      case KV -> operate(operation.getKv(), index);
      case NODE -> {
        String name = operation.getNode().getNode().getNode();
        if (operation.getNode().getVerb() == CatalogVerb.CATALOG_SET) {
          catalog.putNode("", operation.getNode().getNode(), index);
        } else if (operation.getNode().getVerb() == CatalogVerb.CATALOG_DELETE) {
          catalog.dropNode("", name);
        }
        yield operation.getNode().getVerb() != CatalogVerb.CATALOG_GET
            || catalog.nodes.containsKey(CatalogModel.at("", name));
      }
      case SERVICE -> {
        String node = operation.getService().getNode();
        String id = operation.getService().getService().getId();
        if (operation.getService().getVerb() == CatalogVerb.CATALOG_DELETE) {
          catalog.dropService("", node, id);
          yield true;
        }
        yield catalog.services.containsKey(CatalogModel.at("", node, id));
      }
      case CHECK -> {
        HealthCheck check = operation.getCheck().getCheck();
        if (operation.getCheck().getVerb() == CatalogVerb.CATALOG_SET) {
          catalog.putCheck("", check.getNode(), check);
        } else if (operation.getCheck().getVerb() == CatalogVerb.CATALOG_DELETE) {
          catalog.dropCheck(check.getNode(), check.getCheckId());
        }
        yield true;
      }
      case SESSION -> {
        destroy(operation.getSession().getId(), index);
        yield true;
      }
      case OPERATION_NOT_SET -> throw new AssertionError(operation);
    };
  }

  private boolean operate(KvOperation operation, long index) {
    String key = operation.getEntry().getKey();
    ModelKey stored = keys.get(key);
    return switch (operation.getVerb()) {
      case GET -> stored != null;
      case GET_OR_EMPTY, GET_TREE -> true;
      case CHECK_INDEX -> stored != null && stored.modifyIndex() == operation.getIndex();
      case CHECK_SESSION ->
          stored != null && stored.session().equals(operation.getEntry().getSession());
      case CHECK_NOT_EXISTS -> stored == null;
      default -> {
        require(!key.isEmpty() || operation.getVerb() == KvOperation.Verb.DELETE_TREE);
        yield write(operation.getVerb(), operation.getEntry(), operation.getIndex(), index);
      }
    };
  }
}
