package io.hanse.fsm.apply;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PinPeerAddresses;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.Transact;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.WritePeering;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the cluster must hold after each command, in plain maps: written from the rules, and knowing
 * nothing of tables, indexes or transactions. After a refusal it is of no more use: copy it before.
 */
final class ClusterModel {
  /** The rules refuse the command. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  record ModelPeering(boolean dials, PeeringState state) {}

  final TreeMap<String, ModelPeering> peerings = new TreeMap<>();
  SecretsModel secrets = new SecretsModel(peerings);
  final TreeMap<String, Long> fences = new TreeMap<>();
  final Set<String> bundles = new TreeSet<>();
  final Set<String> withdrawn = new TreeSet<>();
  final TreeMap<String, List<PeerAddress>> pins = new TreeMap<>();
  ImportModel imports = new ImportModel();
  CatalogModel catalog = new CatalogModel();
  AclModel acl = new AclModel();
  SystemModel system = new SystemModel();
  HoldingModel holding = new HoldingModel(catalog);
  EntryModel entries = new EntryModel();
  QueryModel queries = new QueryModel();

  ClusterModel copy() {
    ClusterModel copy = new ClusterModel();
    copy.peerings.putAll(peerings);
    copy.secrets = secrets.copy(copy.peerings);
    copy.fences.putAll(fences);
    copy.bundles.addAll(bundles);
    copy.withdrawn.addAll(withdrawn);
    copy.pins.putAll(pins);
    copy.imports = imports.copy();
    copy.catalog = catalog.copy();
    copy.acl = acl.copy();
    copy.system = system.copy();
    copy.holding = holding.copy(copy.catalog);
    copy.entries = entries.copy();
    copy.queries = queries.copy();
    return copy;
  }

  /** What an archive does not bring back: numbers that were handed out, and delays of locks. */
  void goOnAfter(ClusterModel before) {
    catalog.addresses.goOnAfter(before.catalog.addresses);
    holding.fence = Math.max(holding.fence, before.holding.fence);
    before.holding.delays.forEach((key, end) -> holding.delays.merge(key, end, Math::max));
  }

  static void require(boolean isAllowed) {
    if (!isAllowed) {
      throw new Refused();
    }
  }

  /** Answers whether a conditional command took place. */
  boolean apply(Command command, long index, long timeMillis) {
    holding.timeMillis = timeMillis;
    secrets.timeMillis = timeMillis;
    entries.timeMillis = timeMillis;
    acl.timeMillis = timeMillis;
    system.timeMillis = timeMillis;
    boolean done = apply(command, index);
    catalog.configuredAre(entries.names());
    holding.endWhatFailed(index);
    queries.endWith(holding.sessions.keySet());
    return done;
  }

  private boolean apply(Command command, long index) {
    switch (command.getBodyCase()) {
      case WRITE_KV -> {
        return holding.write(command.getWriteKv(), index);
      }
      case CREATE_SESSION -> holding.create(command.getCreateSession().getSession(), index);
      case DESTROY_SESSION -> {
        return holding.destroy(command.getDestroySession().getId(), index);
      }
      case OPEN_SESSION_TIMERS -> holding.fence = index;
      case EXPIRE_SESSIONS -> {
        if (command.getExpireSessions().getFence() != holding.fence || holding.fence == 0) {
          return false;
        }
        command.getExpireSessions().getIdsList().forEach(id -> holding.destroy(id, index));
      }
      case WRITE_COORDINATE -> {
        return holding.locate(command.getWriteCoordinate().getCoordinate());
      }
      case FIRE_EVENT -> holding.fire(command.getFireEvent().getEvent());
      case WRITE_PREPARED_QUERY ->
          queries.write(command.getWritePreparedQuery(), holding.sessions.keySet(), index);
      case DELETE_PREPARED_QUERY -> queries.delete(command.getDeletePreparedQuery().getId());
      case TRANSACT -> {
        return transact(command.getTransact(), index);
      }
      case WRITE_CONFIG_ENTRY -> {
        return entries.write(command.getWriteConfigEntry(), index);
      }
      case DELETE_CONFIG_ENTRY ->
          entries.delete(
              command.getDeleteConfigEntry().getKind(), command.getDeleteConfigEntry().getName());
      case WRITE_INTENTION -> entries.write(command.getWriteIntention(), index);
      case DELETE_INTENTION -> entries.delete(command.getDeleteIntention(), index);
      case REGISTER -> catalog.register(command.getRegister(), index);
      case DEREGISTER -> catalog.deregister(command.getDeregister());
      case WRITE_PEERING -> {
        return writePeering(command.getWritePeering());
      }
      case REVOKE_PEERING_TOKEN -> {
        return secrets.revoke(command.getRevokePeeringToken().getName());
      }
      case ROTATE_STREAM_SECRET -> {
        requireOpen(nameOf(command.getRotateStreamSecret().getPeeringId()));
        secrets.rotate(
            nameOf(command.getRotateStreamSecret().getPeeringId()),
            command.getRotateStreamSecret());
      }
      case PIN_PEER_ADDRESSES -> {
        return pin(command.getPinPeerAddresses());
      }
      case MARK_PEERING_DELETED -> markDeleted(command.getMarkPeeringDeleted().getName());
      case TERMINATE_PEERING -> {
        return terminate(nameOf(command.getTerminatePeering().getId()));
      }
      case REMOVE_PEERING -> remove(nameOf(command.getRemovePeering().getId()));
      case WRITE_TRUST_BUNDLE -> {
        String peer = command.getWriteTrustBundle().getBundle().getPeerName();
        requireOpen(peer);
        bundles.add(peer);
      }
      case OPEN_IMPORTS -> {
        String name = nameOf(command.getOpenImports().getPeeringId());
        requireOpen(name);
        require(secrets.isKnown(name));
        fences.put(name, index);
      }
      case RECONCILE_IMPORT -> {
        String name = command.getReconcileImport().getPeer();
        requireOpen(name);
        long fence = command.getReconcileImport().getFence();
        if (fence != 0 && fences.getOrDefault(name, 0L) != fence) {
          return false;
        }
        catalog.reconcile(
            command.getReconcileImport().getPeer(),
            command.getReconcileImport().getService(),
            command.getReconcileImport().getInstancesList(),
            index);
        imports.reconciled(name, command.getReconcileImport().getService());
      }
      case IMPORT_CHANGES -> {
        String name = command.getImportChanges().getPeer();
        requireOpen(name);
        long fence = command.getImportChanges().getFence();
        if (fence != 0 && fences.getOrDefault(name, 0L) != fence) {
          return false;
        }
        imports.apply(command.getImportChanges(), catalog, index);
      }
      case RECONCILE_IMPORT_LIST -> reconcileList(command.getReconcileImportList());
      case PURGE_IMPORTS -> {
        return purge(command.getPurgeImports());
      }
      case WITHDRAW_IMPORTS -> {
        String peer = command.getWithdrawImports().getPeer();
        if (!command.getWithdrawImports().getWithdrawn()) {
          return withdrawn.remove(peer);
        }
        requireOpen(peer);
        return withdrawn.add(peer);
      }
      case REAP_TOMBSTONES -> {}
      default -> {
        return acl.apply(command, index)
            .or(() -> system.apply(command, index))
            .orElseThrow(() -> new AssertionError(command));
      }
    }
    return true;
  }

  /** All on a copy, which takes this one's place if nothing failed. */
  private boolean transact(Transact command, long index) {
    ClusterModel next = copy();
    boolean done = true;
    for (TransactionOperation operation : command.getOperationsList()) {
      try {
        done &= next.holding.operate(operation, index);
        next.holding.endWhatFailed(index);
      } catch (Refused refused) {
        done = false;
      }
    }
    if (done) {
      catalog = next.catalog;
      holding = next.holding;
    }
    return done;
  }

  private static String nameOf(String peeringId) {
    return peeringId.substring("id-".length());
  }

  private void requireOpen(String name) {
    ModelPeering peering = peerings.get(name);
    require(
        peering != null
            && peering.state() != PeeringState.DELETING
            && peering.state() != PeeringState.TERMINATED);
  }

  private boolean writePeering(WritePeering command) {
    String name = nameOf(command.getPeering().getId());
    if (!command.getSecretsOnly()) {
      ModelPeering old = peerings.get(name);
      boolean dials = command.getPeering().getPeerServerAddressesCount() > 0;
      PeeringState state = old == null ? PeeringState.PENDING : old.state();
      require(old == null || (old.dials() == dials && state != PeeringState.DELETING));
      if (command.getPeering().getState() == PeeringState.ESTABLISHING) {
        state = PeeringState.ESTABLISHING;
      }
      if (state == PeeringState.TERMINATED) {
        require(!command.hasGenerate());
        forgetSecrets(name);
      }
      peerings.put(name, new ModelPeering(dials, state));
    } else if (peerings.containsKey(name)) {
      requireOpen(name);
    }
    return secrets.change(name, command);
  }

  private boolean pin(PinPeerAddresses command) {
    ModelPeering peering = peerings.get(command.getName());
    require(peering != null && peering.dials());
    if (command.getAddressesList().equals(pins.getOrDefault(command.getName(), List.of()))) {
      return false;
    }
    if (command.getAddressesCount() == 0) {
      pins.remove(command.getName());
    } else {
      requireOpen(command.getName());
      pins.put(command.getName(), command.getAddressesList());
    }
    return true;
  }

  private void markDeleted(String name) {
    ModelPeering old = peerings.get(name);
    if (old != null) {
      peerings.put(name, new ModelPeering(old.dials(), PeeringState.DELETING));
      forgetSecrets(name);
    }
  }

  private void forgetSecrets(String name) {
    secrets.forget(name);
    fences.remove(name);
  }

  private boolean terminate(String name) {
    ModelPeering old = peerings.get(name);
    if (old == null || old.state() == PeeringState.DELETING) {
      return false;
    }
    peerings.put(name, new ModelPeering(old.dials(), PeeringState.TERMINATED));
    return true;
  }

  private void remove(String name) {
    ModelPeering old = peerings.get(name);
    if (old != null) {
      require(old.state() == PeeringState.DELETING);
      require(catalog.firstNode(name).isEmpty() && !bundles.contains(name));
      peerings.remove(name);
      imports.forget(name);
      withdrawn.remove(name);
      pins.remove(name);
    }
  }

  private void reconcileList(ReconcileImportList command) {
    requireOpen(command.getPeer());
    Set<String> gone = catalog.serviceNames(command.getPeer());
    for (String name : command.getServicesList()) {
      gone.remove(name.toLowerCase(Locale.ROOT));
      gone.remove(name.toLowerCase(Locale.ROOT) + "-sidecar-proxy");
    }
    gone.forEach(name -> catalog.reconcile(command.getPeer(), name, List.of(), 0));
    imports.keepOnly(command.getPeer(), command.getServicesList());
  }

  private boolean purge(PurgeImports command) {
    String peer = command.getPeer();
    ModelPeering peering = peerings.get(peer);
    require(
        peering == null
            || peering.state() == PeeringState.DELETING
            || peering.state() == PeeringState.TERMINATED);
    imports.forget(peer);
    for (int i = 0; i < command.getNodesMax(); i++) {
      catalog.firstNode(peer).ifPresent(node -> catalog.dropNode(peer, node.name()));
    }
    if (catalog.firstNode(peer).isPresent()) {
      return false;
    }
    bundles.remove(peer);
    withdrawn.remove(peer);
    return true;
  }
}
