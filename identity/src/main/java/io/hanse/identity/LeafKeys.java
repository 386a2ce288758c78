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
 * Shows the newest credential in every new handshake, whatever the other side asks for. One context
 * can so outlive many certificates.
 */
public final class LeafKeys extends X509ExtendedKeyManager {
  private final Supplier<? extends @Nullable Credential> leafs;

  /**
   * The leafs shown last. A handshake asks first for an alias, then for what it stands for; the
   * leaf may be renewed in between.
   */
  private @Nullable Credential newest;

  private @Nullable Credential previous;

  /**
   * Takes the source of leafs.
   *
   * @param leafs answers null as long as there is none: handshakes fail
   */
  public LeafKeys(Supplier<? extends @Nullable Credential> leafs) {
    this.leafs = leafs;
  }

  private @Nullable String chooseFor(String type) {
    Credential leaf = leafs.get();
    // RSASSA-PSS is asked for by its own name and signed with a key of RSA.
    return leaf != null && type.startsWith(leaf.key().getAlgorithm()) ? choose() : null;
  }

  private synchronized @Nullable String choose() {
    Credential leaf = leafs.get();
    if (leaf == null) {
      return null;
    }
    if (!leaf.equals(newest)) {
      previous = newest;
      newest = leaf;
    }
    return leaf.serialNumber();
  }

  private synchronized @Nullable Credential chosen(String alias) {
    Credential late = previous;
    return late != null && late.serialNumber().equals(alias) ? late : newest;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, SSLEngine engine) {
    return chooseFor(type);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, Socket socket) {
    return chooseFor(type);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, Socket socket) {
    return choose();
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Credential leaf = chosen(alias);
    return leaf == null ? null : leaf.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Credential leaf = chosen(alias);
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
