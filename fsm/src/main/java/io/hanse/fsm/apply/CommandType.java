package io.hanse.fsm.apply;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Command.BodyCase;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Every command and the method that says what it means: the table of contents of the system. A
 * command's number in the log is that of its field in {@code Command}.
 */
@SuppressWarnings("ImmutableEnumChecker") // The functions are references to static methods.
enum CommandType {
  NO_OP(BodyCase.NO_OP, Command::getNoOp, ServerApplier::noOp),
  REGISTER_CLIENT(BodyCase.REGISTER_CLIENT, Command::getRegisterClient, ClientApplier::register),
  EXPIRE_CLIENTS(BodyCase.EXPIRE_CLIENTS, Command::getExpireClients, ClientApplier::expire),
  REAP_TOMBSTONES(BodyCase.REAP_TOMBSTONES, Command::getReapTombstones, ServerApplier::reap),
  INITIALIZE_CLUSTER(
      BodyCase.INITIALIZE_CLUSTER, Command::getInitializeCluster, ServerApplier::initialize),
  WRITE_SERVER(BodyCase.WRITE_SERVER, Command::getWriteServer, ServerApplier::write),
  REMOVE_SERVER(BodyCase.REMOVE_SERVER, Command::getRemoveServer, ServerApplier::remove),
  ALLOCATE_SERIAL(BodyCase.ALLOCATE_SERIAL, Command::getAllocateSerial, CaApplier::allocateSerial),
  WRITE_CA(BodyCase.WRITE_CA, Command::getWriteCa, CaApplier::write),
  REGISTER(BodyCase.REGISTER, Command::getRegister, CatalogApplier::register),
  DEREGISTER(BodyCase.DEREGISTER, Command::getDeregister, CatalogApplier::deregister),
  IMPORT_CHANGES(BodyCase.IMPORT_CHANGES, Command::getImportChanges, ImportChangesApplier::change),
  STAGE_IMPORT(BodyCase.STAGE_IMPORT, Command::getStageImport, ImportChangesApplier::stage),
  COMPLETE_IMPORT(
      BodyCase.COMPLETE_IMPORT, Command::getCompleteImport, ImportChangesApplier::complete),
  WRITE_CONFIG_ENTRY(
      BodyCase.WRITE_CONFIG_ENTRY, Command::getWriteConfigEntry, ConfigApplier::write),
  DELETE_CONFIG_ENTRY(
      BodyCase.DELETE_CONFIG_ENTRY, Command::getDeleteConfigEntry, ConfigApplier::delete),
  WRITE_INTENTION(BodyCase.WRITE_INTENTION, Command::getWriteIntention, IntentionApplier::write),
  DELETE_INTENTION(
      BodyCase.DELETE_INTENTION, Command::getDeleteIntention, IntentionApplier::delete),
  WRITE_PREPARED_QUERY(
      BodyCase.WRITE_PREPARED_QUERY, Command::getWritePreparedQuery, QueryApplier::write),
  DELETE_PREPARED_QUERY(
      BodyCase.DELETE_PREPARED_QUERY, Command::getDeletePreparedQuery, QueryApplier::delete),
  WITHDRAW_IMPORTS(BodyCase.WITHDRAW_IMPORTS, Command::getWithdrawImports, ImportApplier::withdraw),
  WRITE_KV(BodyCase.WRITE_KV, Command::getWriteKv, KvApplier::write),
  WRITE_PEERING(BodyCase.WRITE_PEERING, Command::getWritePeering, PeeringApplier::write),
  MARK_PEERING_DELETED(
      BodyCase.MARK_PEERING_DELETED, Command::getMarkPeeringDeleted, PeeringApplier::markDeleted),
  TERMINATE_PEERING(
      BodyCase.TERMINATE_PEERING, Command::getTerminatePeering, PeeringApplier::terminate),
  REMOVE_PEERING(BodyCase.REMOVE_PEERING, Command::getRemovePeering, PeeringApplier::remove),
  WRITE_TRUST_BUNDLE(
      BodyCase.WRITE_TRUST_BUNDLE, Command::getWriteTrustBundle, PeeringApplier::writeTrustBundle),
  WRITE_PEERING_ADDRESSES(
      BodyCase.WRITE_PEERING_ADDRESSES,
      Command::getWritePeeringAddresses,
      PeeringApplier::writeAddresses),
  RECONCILE_IMPORT(
      BodyCase.RECONCILE_IMPORT, Command::getReconcileImport, ImportApplier::reconcile),
  RECONCILE_IMPORT_LIST(
      BodyCase.RECONCILE_IMPORT_LIST,
      Command::getReconcileImportList,
      ImportApplier::reconcileList),
  PURGE_IMPORTS(BodyCase.PURGE_IMPORTS, Command::getPurgeImports, ImportPurge::step),
  OPEN_IMPORTS(BodyCase.OPEN_IMPORTS, Command::getOpenImports, ImportFence::open),
  CREATE_SESSION(BodyCase.CREATE_SESSION, Command::getCreateSession, SessionApplier::create),
  DESTROY_SESSION(BodyCase.DESTROY_SESSION, Command::getDestroySession, SessionApplier::destroy),
  OPEN_SESSION_TIMERS(
      BodyCase.OPEN_SESSION_TIMERS, Command::getOpenSessionTimers, SessionApplier::openTimers),
  EXPIRE_SESSIONS(BodyCase.EXPIRE_SESSIONS, Command::getExpireSessions, SessionApplier::expire),
  TRANSACT(BodyCase.TRANSACT, Command::getTransact, TransactionApplier::transact),
  REVOKE_PEERING_TOKEN(
      BodyCase.REVOKE_PEERING_TOKEN, Command::getRevokePeeringToken, SecretsApplier::revoke),
  PIN_PEER_ADDRESSES(BodyCase.PIN_PEER_ADDRESSES, Command::getPinPeerAddresses, PinsApplier::pin),
  WRITE_COORDINATE(
      BodyCase.WRITE_COORDINATE, Command::getWriteCoordinate, CoordinateApplier::write),
  FIRE_EVENT(BodyCase.FIRE_EVENT, Command::getFireEvent, EventApplier::fire),
  ROTATE_STREAM_SECRET(
      BodyCase.ROTATE_STREAM_SECRET, Command::getRotateStreamSecret, SecretsApplier::rotate),
  BOOTSTRAP_ACL(BodyCase.BOOTSTRAP_ACL, Command::getBootstrapAcl, AclTokenApplier::bootstrap),
  WRITE_ACL_TOKENS(BodyCase.WRITE_ACL_TOKENS, Command::getWriteAclTokens, AclTokenApplier::write),
  DELETE_ACL_TOKENS(
      BodyCase.DELETE_ACL_TOKENS, Command::getDeleteAclTokens, AclTokenApplier::delete),
  WRITE_ACL_POLICIES(
      BodyCase.WRITE_ACL_POLICIES, Command::getWriteAclPolicies, AclApplier::writePolicies),
  DELETE_ACL_POLICIES(
      BodyCase.DELETE_ACL_POLICIES, Command::getDeleteAclPolicies, AclApplier::deletePolicies),
  WRITE_ACL_ROLES(BodyCase.WRITE_ACL_ROLES, Command::getWriteAclRoles, AclApplier::writeRoles),
  DELETE_ACL_ROLES(BodyCase.DELETE_ACL_ROLES, Command::getDeleteAclRoles, AclApplier::deleteRoles),
  WRITE_ACL_BINDING_RULES(
      BodyCase.WRITE_ACL_BINDING_RULES,
      Command::getWriteAclBindingRules,
      AclApplier::writeBindingRules),
  DELETE_ACL_BINDING_RULES(
      BodyCase.DELETE_ACL_BINDING_RULES,
      Command::getDeleteAclBindingRules,
      AclApplier::deleteBindingRules),
  WRITE_ACL_AUTH_METHODS(
      BodyCase.WRITE_ACL_AUTH_METHODS,
      Command::getWriteAclAuthMethods,
      AclApplier::writeAuthMethods),
  DELETE_ACL_AUTH_METHOD(
      BodyCase.DELETE_ACL_AUTH_METHOD,
      Command::getDeleteAclAuthMethod,
      AclApplier::deleteAuthMethod),
  EXPIRE_ACL_TOKENS(
      BodyCase.EXPIRE_ACL_TOKENS, Command::getExpireAclTokens, AclTokenApplier::expire),
  ROTATE_CA(BodyCase.ROTATE_CA, Command::getRotateCa, CaApplier::rotate),
  PRUNE_CA_ROOTS(BodyCase.PRUNE_CA_ROOTS, Command::getPruneCaRoots, CaApplier::prune),
  WRITE_AUTOPILOT_CONFIGURATION(
      BodyCase.WRITE_AUTOPILOT_CONFIGURATION,
      Command::getWriteAutopilotConfiguration,
      SystemApplier::writeAutopilot),
  WRITE_SYSTEM_RECORD(
      BodyCase.WRITE_SYSTEM_RECORD, Command::getWriteSystemRecord, SystemApplier::writeRecord),
  BEGIN_RESTORE(BodyCase.BEGIN_RESTORE, Command::getBeginRestore, RestoreApplier::begin),
  STAGE_RESTORE(BodyCase.STAGE_RESTORE, Command::getStageRestore, RestoreApplier::stage),
  COMPLETE_RESTORE(
      BodyCase.COMPLETE_RESTORE, Command::getCompleteRestore, RestoreApplier::complete),
  ABANDON_RESTORE(BodyCase.ABANDON_RESTORE, Command::getAbandonRestore, RestoreApplier::abandon),
  WRITE_QUOTA(BodyCase.WRITE_QUOTA, Command::getWriteQuota, QuotaApplier::write);

  /**
   * Of this program: see {@code Command.level}. 2: the parts of a restore are kept. 3: what becomes
   * of peering tokens is remembered, and a cluster begins with a quota of its own. 4: a step of a
   * purge is bounded by rows. 5: a restore keeps the secrets of peerings, a termination may be
   * under a fence, and what is written of a peering may rest on what was read. 6: it may be for
   * gateways alone, tokens have numbers, and a restore keeps where peers are dialed and what they
   * said of themselves.
   */
  static final int LEVEL = 6;

  private static final Map<BodyCase, CommandType> OF_BODY = new EnumMap<>(BodyCase.class);

  static {
    for (CommandType type : values()) {
      OF_BODY.put(type.body, type);
    }
  }

  /** What a command means. It refuses by a ProblemException; then nothing has changed. */
  @FunctionalInterface
  interface Applier<M> {
    Applied apply(ApplyContext context, M message);
  }

  private final BodyCase body;
  private final Applier<Command> applier;

  <M> CommandType(BodyCase body, Function<Command, M> message, Applier<M> applier) {
    this.body = body;
    this.applier = (context, command) -> applier.apply(context, message.apply(command));
  }

  BodyCase body() {
    return body;
  }

  /** The type of a command; one that a newer version has written ends the process. */
  static CommandType of(Command command) {
    if (Integer.compareUnsigned(command.getLevel(), LEVEL) > 0) {
      throw newer(
          "a command of level "
              + Integer.toUnsignedString(command.getLevel())
              + ", and this version understands "
              + LEVEL);
    }
    CommandType type = OF_BODY.get(command.getBodyCase());
    if (type != null) {
      return type;
    }
    throw newer(
        "a command that this version does not know, of number "
            + command.getUnknownFields().asMap().keySet());
  }

  private static ProblemException newer(String what) {
    return new ProblemException(
        ProblemCode.NEWER_FORMAT,
        "the log holds " + what + "; start the newer version here that the others run");
  }

  Applied apply(ApplyContext context, Command command) {
    return applier.apply(context, command);
  }
}
