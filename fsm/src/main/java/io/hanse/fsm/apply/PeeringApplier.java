package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.conflict;
import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.row.MarkPeeringDeleted;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.row.WritePeering.SecretsCase;
import io.hanse.fsm.row.WritePeeringAddresses;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/** Peerings, from the first write to the last. Source: peering protocol, sections 4, 7.5 to 8.3. */
final class PeeringApplier {
  private static final String MARKED = "cannot write to peering that is marked for deletion";
  private static final String GONE = "peering does not exist or has been marked for deletion";

  private PeeringApplier() {}

  static Applied write(ApplyContext context, WritePeering command) {
    Transaction rows = context.rows();
    Peering wanted = command.getPeering();
    SecretsApplier secrets = new SecretsApplier(context);
    if (wanted.getId().isEmpty()) {
      throw invalid("Missing Peering ID");
    }
    if (command.getSecretsOnly()) {
      Optional<Peering> named = new Peerings(rows).byId(wanted.getId());
      if (named.isPresent()) {
        requireOpen(named);
      }
      return secrets.change(wanted.getId(), command);
    }
    if (wanted.getName().isEmpty()) {
      throw invalid("Missing Peering Name");
    }
    requireNames(wanted.getId(), wanted.getName());
    Optional<Peering> stored = new Peerings(rows).byName(wanted.getName());
    requireUnchanged(stored, command);
    Peering next = stored.isPresent() ? changed(stored.get(), wanted) : created(rows, wanted);
    if (next.getState() == PeeringState.TERMINATED
        && command.getSecretsCase() == SecretsCase.GENERATE) {
      // Consul hands out a token here that can never be redeemed.
      throw precondition(
          "peering \""
              + next.getName()
              + "\" was terminated by its peer; delete it before generating a new token");
    }
    if (!Peerings.isActive(next)) {
      secrets.delete(next.getId());
    }
    Tables.PEERINGS.put(rows, next);
    Applied applied = secrets.change(next.getId(), command);
    if (command.getFencesAnother()
        && stored.filter(old -> !old.getPeerId().equals(next.getPeerId())).isPresent()) {
      ImportFence.raise(rows, next);
    }
    return applied;
  }

  private static void requireUnchanged(Optional<Peering> stored, WritePeering command) {
    long expected = command.getExpectedIndex();
    if (expected != 0
        && stored.map(old -> old.getRaftIndex().getModifyIndex()).orElse(0L) != expected) {
      throw conflict("the peering was changed meanwhile, retry the operation");
    }
  }

  private static Peering created(Transaction rows, Peering wanted) {
    Optional<Peering> sameId = new Peerings(rows).byId(wanted.getId());
    if (sameId.isPresent()) {
      throw conflict(
          "A peering already exists with the ID \""
              + wanted.getId()
              + "\" and a different name \""
              + sameId.get().getName()
              + "\"");
    }
    if (!Peerings.isActive(wanted)) {
      throw precondition("cannot create a new peering marked for deletion");
    }
    PeeringState state =
        PeeringPhases.isStored(wanted.getState()) ? wanted.getState() : PeeringState.PENDING;
    return storable(wanted).setState(state).build();
  }

  private static Peering changed(Peering stored, Peering wanted) {
    if (Peerings.dials(wanted) != Peerings.dials(stored)) {
      throw precondition(roleChange(Peerings.dials(stored), Peerings.dials(wanted)));
    }
    if (!wanted.getId().equalsIgnoreCase(stored.getId())) {
      throw conflict(
          "A peering already exists with the name \""
              + wanted.getName()
              + "\" and a different ID \""
              + stored.getId()
              + "\"");
    }
    if (stored.getState() == PeeringState.DELETING) {
      throw precondition(MARKED);
    }
    if (wanted.hasDeletedAt() || wanted.getState() == PeeringState.DELETING) {
      throw invalid("a peering is marked for deletion by its name, and not written as deleted");
    }
    PeeringState state =
        PeeringPhases.isStored(wanted.getState()) ? wanted.getState() : stored.getState();
    if (!PeeringPhases.mayBecome(stored.getState(), state)) {
      throw precondition(
          "peering \""
              + stored.getName()
              + "\" is "
              + stored.getState()
              + " and cannot become "
              + state);
    }
    Peering.Builder next = storable(wanted).setId(stored.getId()).setState(state);
    if (isEmpty(wanted.getRemote()) && stored.hasRemote()) {
      next.setRemote(stored.getRemote());
    }
    return next.build();
  }

  /** Without what is only ever said of a peering, by its leader. */
  private static Peering.Builder storable(Peering peering) {
    return peering.toBuilder().clearStreamStatus();
  }

  private static boolean isEmpty(RemoteInfo remote) {
    return remote.getPartition().isEmpty()
        && remote.getDatacenter().isEmpty()
        && !remote.hasLocality();
  }

  private static String roleChange(boolean from, boolean to) {
    return "Cannot switch peering dialing mode from " + from + " to " + to;
  }

  /** What is not there, or deleted already, is deleted. */
  static Applied markDeleted(ApplyContext context, MarkPeeringDeleted command) {
    Transaction rows = context.rows();
    Optional<Peering> stored = new Peerings(rows).byName(command.getName());
    if (stored.isEmpty() || stored.get().getState() == PeeringState.DELETING) {
      return Applied.DONE;
    }
    if (!command.hasDeletedAt()) {
      throw invalid("the time of the deletion is missing");
    }
    Peering old = stored.get();
    // The addresses stay: by them one can tell which side this is.
    Peering.Builder next =
        Peering.newBuilder()
            .setId(old.getId())
            .setName(old.getName())
            .setPartition(old.getPartition())
            .setState(PeeringState.DELETING)
            .setDeletedAt(command.getDeletedAt())
            .addAllPeerServerAddresses(old.getPeerServerAddressesList())
            .addAllManualServerAddresses(old.getManualServerAddressesList());
    if (old.hasRemote()) {
      next.setRemote(old.getRemote());
    }
    new SecretsApplier(context).delete(old.getId());
    Tables.PEERINGS.put(rows, next.build());
    return Applied.DONE;
  }

  /** The peer has ended it. What is being deleted here stays so; secrets stay, too. */
  static Applied terminate(ApplyContext context, TerminatePeering command) {
    Transaction rows = context.rows();
    Optional<Peering> stored = new Peerings(rows).byId(command.getId());
    if (stored.isEmpty()
        || !PeeringPhases.mayBecome(stored.get().getState(), PeeringState.TERMINATED)
        || isLate(rows, stored.get(), command)) {
      return Applied.NOT_DONE;
    }
    Tables.PEERINGS.put(
        rows,
        stored.get().toBuilder().setState(PeeringState.TERMINATED).clearEstablishing().build());
    return Applied.DONE;
  }

  /** A stream may be heard to its end long after a newer one, or of another peering, has begun. */
  private static boolean isLate(Transaction rows, Peering stored, TerminatePeering command) {
    return command.getFence() != 0
        && (ImportFence.isStale(rows, stored, command.getFence())
            || !stored.getPeerId().equals(command.getPeerId()));
  }

  static Applied remove(ApplyContext context, RemovePeering command) {
    Transaction rows = context.rows();
    Optional<Peering> stored = new Peerings(rows).byId(command.getId());
    if (stored.isEmpty()) {
      return Applied.DONE;
    }
    String name = stored.get().getName();
    if (stored.get().getState() != PeeringState.DELETING) {
      throw precondition("peering \"" + name + "\" is not marked for deletion");
    }
    if (rows.hasAny(TableId.NODES, Key.ofPeer(name))
        || new Peerings(rows).trustBundle(name).isPresent()) {
      throw precondition("peering \"" + name + "\" has imported data left; purge it first");
    }
    new SecretsApplier(context).delete(stored.get().getId());
    Tables.PINNED_ADDRESSES.remove(rows, Keys.peering(command.getId()));
    Tables.IMPORT_WITHDRAWALS.remove(rows, Keys.peer(name));
    ImportChangesApplier.forget(rows, name);
    Tables.PEERINGS.remove(rows, Keys.peering(command.getId()));
    return Applied.DONE;
  }

  /** The roots of a peer are those by which its servers are checked when they are dialed next. */
  static Applied writeTrustBundle(ApplyContext context, WriteTrustBundle command) {
    Transaction rows = context.rows();
    String name = command.getBundle().getPeerName();
    if (name.isEmpty()) {
      throw invalid("missing peer name");
    }
    Optional<Peering> stored = new Peerings(rows).byName(name);
    if (stored.isEmpty()) {
      throw precondition("cannot write peering trust bundle for unknown peering " + name);
    }
    Peering peering = requireOpen(stored);
    if (ImportFence.isStale(rows, peering, command.getFence())) {
      return Applied.NOT_DONE;
    }
    Tables.TRUST_BUNDLES.put(
        rows, command.getBundle().toBuilder().setPeerName(peering.getName()).build());
    Peering.Builder next = peering.toBuilder().clearPeerCaPems();
    for (String pem : command.getBundle().getRootPemsList()) {
      next.addPeerCaPems(pem.endsWith("\n") ? pem : pem + "\n");
    }
    Tables.PEERINGS.put(rows, next.build());
    return Applied.DONE;
  }

  static Applied writeAddresses(ApplyContext context, WritePeeringAddresses command) {
    Transaction rows = context.rows();
    Peering stored =
        new Peerings(rows)
            .byId(command.getId())
            .filter(Peerings::isActive)
            .orElseThrow(() -> precondition(GONE));
    if (ImportFence.isStale(rows, stored, command.getFence())) {
      return Applied.NOT_DONE;
    }
    Peering next =
        stored.toBuilder()
            .clearPeerServerAddresses()
            .addAllPeerServerAddresses(command.getAddressesList())
            .build();
    if (Peerings.dials(stored) != Peerings.dials(next)) {
      throw precondition(roleChange(Peerings.dials(stored), Peerings.dials(next)));
    }
    Tables.PEERINGS.put(rows, next);
    return Applied.DONE;
  }

  /** The peering, if something may still flow to and from it. */
  static Peering requireOpen(Optional<Peering> stored) {
    Peering peering = stored.orElseThrow(() -> precondition(GONE));
    if (peering.getState() == PeeringState.DELETING || peering.hasDeletedAt()) {
      throw precondition(MARKED);
    }
    if (peering.getState() == PeeringState.TERMINATED) {
      throw precondition("peering \"" + peering.getName() + "\" was terminated by its peer");
    }
    return peering;
  }
}
