package io.hanse.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the newest leaf in every new handshake, whatever the other side asks for. One context can
 * so outlive many certificates.
 */
public final class LeafKeys extends X509ExtendedKeyManager {
  private final Supplier<? extends @Nullable Leaf> leafs;

  /**
   * The leafs shown last. A handshake asks first for an alias, then for what it stands for; the
   * leaf may be renewed in between.
   */
  private @Nullable Leaf newest;

  private @Nullable Leaf previous;

  /**
   * Takes the source of leafs.
   *
   * @param leafs answers null as long as there is none: handshakes fail
   */
  public LeafKeys(Supplier<? extends @Nullable Leaf> leafs) {
    this.leafs = leafs;
  }

  private synchronized @Nullable String choose() {
    Leaf leaf = leafs.get();
    if (leaf == null) {
      return null;
    }
    if (!leaf.equals(newest)) {
      previous = newest;
      newest = leaf;
    }
    return leaf.serialNumber();
  }

  private synchronized @Nullable Leaf chosen(String alias) {
    Leaf late = previous;
    return late != null && late.serialNumber().equals(alias) ? late : newest;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, SSLEngine engine) {
    return type.startsWith("EC") ? choose() : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, Socket socket) {
    return type.startsWith("EC") ? choose() : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, Socket socket) {
    return choose();
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Leaf leaf = chosen(alias);
    return leaf == null ? null : leaf.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Leaf leaf = chosen(alias);
    return leaf == null ? null : leaf.key();
  }

  @Override
  public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
    String alias = choose();
    return alias == null ? new String[0] : new String[] {alias};
  }

  @Override
  public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
    String alias = choose();
    return alias == null ? new String[0] : new String[] {alias};
  }
}
