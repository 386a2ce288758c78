package io.hanse.fsm.store;

/**
 * All trees of the state. The number stands in snapshots and digests and never changes its meaning.
 * Secondary trees ({@code …_BY_…}) are derived: they are in neither.
 */
public enum TableId {
  NODES(1),
  SERVICES(2),
  CHECKS(3),
  CONFIG_ENTRIES(4),
  KV(5),
  PEERINGS(6),
  PEERING_SECRETS(7),
  SECRETS_IN_USE(8),
  TRUST_BUNDLES(9),
  SERVERS(10),
  CLIENTS(11),
  CLIENT_RESULTS(12),
  CLUSTER(13),
  CA_CONFIGURATION(14),
  CA_ROOTS(15),
  COUNTERS(16),
  TOMBSTONES(17),
  SESSIONS(18),
  PREPARED_QUERIES(19),
  COORDINATES(20),
  USER_EVENTS(21),
  VIRTUAL_IPS(22),
  FREE_VIRTUAL_IPS(23),
  IMPORT_WITHDRAWALS(24),
  IMPORTED_SERVICES(26),
  IMPORT_PARTS(27),
  PINNED_ADDRESSES(28),
  ACL_TOKENS(30),
  ACL_POLICIES(31),
  ACL_ROLES(32),
  ACL_BINDING_RULES(33),
  ACL_AUTH_METHODS(34),
  ACL_BOOTSTRAP(35),
  AUTOPILOT(40),
  SYSTEM_RECORDS(41),
  QUOTA(46),
  RESTORES(47),
  RESTORE_CHUNKS(48),

  NODES_BY_ID(101),
  SERVICES_BY_NAME(102),
  SERVICES_BY_DESTINATION(103),
  SERVICES_BY_KIND(104),
  CHECKS_BY_INSTANCE(105),
  CHECKS_BY_SERVICE(106),
  CHECKS_BY_STATE(107),
  PEERINGS_BY_NAME(108),
  TOMBSTONES_BY_TIME(109),
  SESSIONS_BY_NODE(110),
  SESSIONS_BY_CHECK(111),
  SESSIONS_WITH_TTL(112),
  KV_BY_SESSION(113),
  QUERIES_BY_NAME(114),
  QUERIES_BY_SESSION(115),
  GATEWAYS_BY_SERVICE(116),
  ROUTES_BY_GATEWAY(117),
  SERVICES_BY_TAGS(120),
  CHECKS_BY_SESSION_NAME(121),
  ENTRIES_BY_LINK(130),
  INTENTIONS_BY_SOURCE(131),
  INTENTIONS_BY_ID(132),
  ACL_TOKENS_BY_SECRET(140),
  ACL_TOKENS_BY_POLICY(141),
  ACL_TOKENS_BY_ROLE(142),
  ACL_TOKENS_BY_AUTH_METHOD(143),
  ACL_TOKENS_BY_EXPIRY(144),
  ACL_POLICIES_BY_NAME(145),
  ACL_ROLES_BY_NAME(146),
  ACL_ROLES_BY_POLICY(147),
  ACL_BINDING_RULES_BY_AUTH_METHOD(148);

  /** Behind all numbers that are given out, or will be. */
  static final int NUMBERS_END = 1 << 16;

  /** How many there are. */
  static final int COUNT = values().length;

  private static final int FIRST_SECONDARY = 100;

  private final int number;

  TableId(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** The one with the number; none has any other. */
  static TableId of(int number) {
    for (TableId table : values()) {
      if (table.number == number) {
        return table;
      }
    }
    throw new IllegalArgumentException("no table has the number " + number);
  }

  static boolean isKnown(int number) {
    for (TableId table : values()) {
      if (table.number == number) {
        return true;
      }
    }
    return false;
  }

  /** Its place in arrays of this process; below {@link #COUNT}. */
  @SuppressWarnings("EnumOrdinal") // it is kept nowhere
  int slot() {
    return ordinal();
  }

  /** Whether its rows count towards the quota. What the system itself keeps has other bounds. */
  boolean isCounted() {
    return switch (this) {
      case NODES, SERVICES, CHECKS, CONFIG_ENTRIES, KV, SESSIONS, COORDINATES -> true;
      case PREPARED_QUERIES -> true;
      case PEERINGS, PEERING_SECRETS, SECRETS_IN_USE, TRUST_BUNDLES -> true;
      case ACL_TOKENS, ACL_POLICIES, ACL_ROLES, ACL_BINDING_RULES, ACL_AUTH_METHODS -> true;
      case ACL_BOOTSTRAP -> true;
      default -> false;
    };
  }

  /** Whether anybody asks for its indexes. If not, what is deleted leaves no tombstone. */
  boolean isWatched() {
    return this != CLIENT_RESULTS
        && this != COUNTERS
        && this != FREE_VIRTUAL_IPS
        && this != IMPORTED_SERVICES
        && this != IMPORT_PARTS
        && this != RESTORES
        && this != RESTORE_CHUNKS;
  }

  /**
   * Whether it is about the running servers and not about what they keep: it stays as it is when
   * their state is restored from an archive.
   */
  public boolean isOfServers() {
    return this == SERVERS || this == CLIENTS || this == CLIENT_RESULTS || this == QUOTA;
  }

  /** Whether it is of use only to what is under way: a restore ends it. */
  boolean isPassing() {
    return this == TOMBSTONES || this == RESTORES || this == RESTORE_CHUNKS || this == IMPORT_PARTS;
  }

  public boolean isSecondary() {
    return number > FIRST_SECONDARY;
  }
}
