/** Named questions to a version of the state; each class is one subject. */
package io.hanse.fsm.view;
