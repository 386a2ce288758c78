/**
 * What every client command needs: the session it runs in, the client of the API, tables.
 *
 * <p>Start at {@link io.hanse.cli.client.ApiClient}.
 */
package io.hanse.cli.client;
