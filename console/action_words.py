"""What the states, causes and refusals of actions are called, and what a person may do about each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from console.vocabulary import Tone, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A state as a chip and as a sentence that promises no more than is known."""

    word: Word
    sentence: str


def tell_state(state: str, *, is_sent: bool = False) -> Told:
    """``is_sent``: whether a call was begun; before that nothing has happened in Odoo."""
    known = {
        "draft": (
            _("Draft"),
            Tone.NEUTRAL,
            "pen",
            _("Put down without a verdict. Nobody can approve it yet."),
        ),
        "awaiting_approval": (
            _("Awaiting approval"),
            Tone.WARN,
            "clock",
            _("Nothing has happened in Odoo yet. Somebody else has to agree first."),
        ),
        "approved": (
            _("Approved, on hold"),
            Tone.WARN,
            "stop",
            _("Approved. A switch keeps it from being sent to Odoo; it goes by itself when that is lifted."),
        ),
        "queued": (_("Queued"), Tone.INFO, "clock", _("Approved, and about to be sent to Odoo.")),
        "running": (
            _("Being sent"),
            Tone.INFO,
            "half",
            _("It is being sent to Odoo.") if is_sent else _("It is being prepared from what Odoo says now."),
        ),
        "unknown": (
            _("Checking with Odoo"),
            Tone.WARN,
            "question",
            _("Odoo’s answer did not arrive. Whether it was done is being checked; it is not done twice."),
        ),
        "succeeded": (_("Done in Odoo"), Tone.OK, "check", _("Done, and read back from Odoo.")),
        "compensating": (_("Being taken back"), Tone.WARN, "back", _("What was done is being taken back.")),
        "parked": (_("Needs a person"), Tone.DANGER, "alert", _("It could not be carried out by itself.")),
        "cancelled": (_("Withdrawn"), Tone.NEUTRAL, "cross", _("Withdrawn. Nothing was done in Odoo.")),
        "rejected": (_("Rejected"), Tone.DANGER, "cross", _("Rejected. Nothing was done in Odoo.")),
        "expired": (
            _("Expired"),
            Tone.NEUTRAL,
            "clock",
            _("Nobody decided in time. Nothing was done in Odoo."),
        ),
    }
    label, tone, glyph, sentence = known[state]
    return Told(word=Word(label, tone, glyph), sentence=sentence)


def tell_cause(cause: str) -> str:
    """Why an action is where it is, as a sentence; empty where that needs no words."""
    known = {
        "order_changed": _(
            "The order changed in Odoo after the request. It was judged again by what it is now."
        ),
        "policy_changed": _("The rules changed after the request. It was judged again by the new ones."),
        "limits_changed": _("A limit or a hold changed after the request. It was judged again."),
        "outcome_unknown": _("Odoo did not say what became of it, several times. Sending it again is safe."),
        "gave_up": _("It was tried too often without success."),
        "document_gone": _("It was made, and the document has been deleted in Odoo since."),
        "not_found_again": _("Odoo does not show the document it said it had made."),
        "total_differs": _("The credit note in Odoo has another total than was approved."),
        "quantity_differs": _("Less is on its way back in Odoo than was approved: look at the transfer."),
        "surplus_back": _(
            "Somebody took the same goods back in Odoo at the same moment: check the quantities."
        ),
        "returns_changed": _("Somebody returned, received or cancelled something of the order in Odoo."),
        "delivery_changed": _("The delivery is not what it was when this was approved."),
        "more_than_returnable": _("Less of it can come back than was approved."),
        "not_delivered": _("The delivery is not done in Odoo."),
        "not_to_customer": _("That transfer did not go to the customer."),
        "drop_shipped": _("The supplier delivered it: there is no way back into a warehouse of ours."),
        "kit": _("It was sold as a kit, which Odoo cannot take back as one."),
        "lot_needed": _("It has lot or serial numbers, and none was named."),
        "wrong_lot": _("A lot or serial number was not in that delivery, or came back already."),
        "destination_wrong": _("Warehouse, place and kind of transfer do not belong together in Odoo."),
        "no_rma": _("This Odoo has no return authorizations: an administrator chooses the other way."),
        "rma_operation": _("The chosen operation of return authorizations is gone, or does more by itself."),
        "rma_lots": _("Return authorizations here cannot take lot or serial numbers back."),
        "not_as_asked": _("Odoo, or an add-on in it, made something else of it; nothing was kept."),
        "not_of_order": _("That document does not belong to the order."),
        "wrong_company": _("It belongs to another company in Odoo."),
        "stock_gone": _("The warehouse had not enough left. It was judged again by what is there now."),
        "cancelled_there": _("The new order was made, and somebody has cancelled it in Odoo since."),
        "sent_differs": _("The new order in Odoo carries other quantities than were approved."),
        "not_reserved": _(
            "The new order is confirmed, but its goods are not reserved: look at the transfer."
        ),
        "no_transfer": _("The new order is confirmed, but Odoo made no transfer for it."),
        "not_confirmed": _("The order is a quotation or cancelled in Odoo."),
        "product_archived": _("The product was archived in Odoo."),
        "not_goods": _("One of the products is no goods in Odoo."),
        "more_than_ordered": _("More is asked for than was ordered."),
        "not_from_warehouse": _("Odoo’s routes would send it from elsewhere, such as from the supplier."),
        "carrier": _("The carrier is archived in Odoo, or belongs to another company."),
        "carrier_charges": _("The carrier would put its costs on the new order."),
        "surplus": _("Somebody credited the same invoice in Odoo at the same moment: check the total."),
        "edited": _("Finance has changed the credit note in Odoo since."),
        "adopted": _("A document that existed in Odoo was taken for it, by two people."),
        "marked_done": _("Two people called it done by other means."),
        "given_up": _("Two people gave it up."),
        "replaced": _("Another request was made from it."),
        "withdrawn": _("It was withdrawn before anything was sent."),
        "writes_off": _("This installation does not write into Odoo at the moment."),
        "stopped": _("Requests of this kind are stopped on this connection at the moment."),
        "not_on": _("Requests of this kind are not turned on for this company and brand."),
        "not_proven": _("The bridge in this Odoo is not the one that was proven: ask an administrator."),
        "not_installed": _("There is no bridge in this Odoo: ask an administrator."),
        "forbidden": _("Odoo refuses our account this: ask an administrator."),
        "authentication_failed": _("Odoo refuses our key for writing: ask an administrator."),
        "more_than_left": _("The invoice has less left to credit than was approved."),
        "assignee_unknown": _(
            "The person who is to check credit notes is not a user of that company in Odoo."
        ),
        "refused_by_odoo": _("A rule of Odoo’s own refused it, such as a lock date."),
        "business_refusal": _("A rule of Odoo’s own refused it, such as a lock date."),
        "key_conflict": _("Odoo knows its key with other content. Ask an administrator."),
        "revoked": _("Its key was given up in Odoo."),
        "key_too_old": _("It is older than the bridge’s memory: nobody can know what became of it."),
        "rejected": _("Somebody said no."),
        "expired": _("Nobody decided in time."),
        "timed_out": _("Odoo did not answer in time; it is tried again."),
        "unavailable": _("Odoo is not available; it is tried again."),
        "breaker_open": _("Odoo is not available; it is tried again."),
        "busy": _("Odoo is busy; it is tried again."),
        "unreachable": _("Odoo cannot be reached; it is tried again."),
    }
    return known.get(cause, "")


def tell_refusal(reason: str) -> str:
    """Why somebody cannot do what they asked for."""
    known = {
        "own_request": _("You asked for this yourself: somebody else decides."),
        "request_of_giver": _("Whoever you decide for asked for this: somebody else decides."),
        "beyond_giver": _("Whoever you decide for does not see this order."),
        "no_right": _("None of your roles decides about this."),
        "above_limit": _("With what the order had in the last days, this is above what you may approve."),
        "no_reason": _("Say why, in a few words."),
        "already_decided": _("Somebody has decided about this already."),
        "content_changed": _("This is not what you looked at: it has changed since. Look at it again."),
        "order_changed": _(
            "The order changed in Odoo meanwhile. Look at it again: the request was judged anew."
        ),
        "policy_changed": _("The rules changed meanwhile. Look at it again: the request was judged anew."),
        "limits_changed": _(
            "A limit or a hold changed meanwhile. Look at it again: the request was judged anew."
        ),
        "expired": _("The time for a decision is over."),
        "too_late": _("It is being carried out: it can no longer be withdrawn."),
        "not_yours": _("Somebody else put this down: only they can ask with it."),
        "no_draft": _("It is no draft any more."),
        "not_parked": _("It does not wait for a person any more."),
        "came_through": _("It came through in Odoo after all: send it again, and it is found there."),
        "no_such_document": _("Odoo has no such document that fits this request."),
        "amount_differs": _("That document has another total."),
        "document_missing": _("Say which document it is."),
        "evidence_missing": _("Say by what it is known that it was done: a text or a link."),
        "earlier_not_proven": _("Not all that comes before is found in Odoo, or it is not the next step."),
        "refused_now": _("The rules would refuse it now: it is not sent again."),
        "not_yours_to_give": _("You do not look after it: you cannot give it back."),
        "no_such_team": _("Choose a team that sees the order."),
        "wrong_password": _("That is not your password, or it may not be tried at the moment."),
        "step_up_required": _("Give your password again: money moves."),
        "already_open": _("The same is being asked for on this order already."),
        "reason": _("Choose a reason."),
        "amount": _("The amount is not one."),
        "quantity": _("A quantity is not one."),
        "note": _("The note is too long."),
        "nothing": _("Choose what is to be refunded."),
        "nothing_back": _("Choose what comes back, and how many."),
        "line": _("A line is not one of this order."),
        "line_twice": _("The same line is there twice."),
        "quantity_differs": _("That transfer brings other quantities."),
        "nothing_again": _("Choose what is to be sent again, and how many."),
        "product": _("Name the other product by its code or its barcode."),
    }
    return known.get(reason) or _("That cannot be done with this request.")


def step_word(state: str) -> Word:
    known = {
        "intended": Word(_("Sent, no answer yet"), Tone.INFO, "half"),
        "done": Word(_("Done"), Tone.OK, "check"),
        "unknown": Word(_("No answer"), Tone.WARN, "question"),
        "not_sent": Word(_("Not sent"), Tone.NEUTRAL, "minus"),
        "refused": Word(_("Refused"), Tone.DANGER, "cross"),
    }
    return known[state]


def outcome_word(outcome: str) -> Word:
    known = {
        "passed": Word(_("Passed"), Tone.OK, "check"),
        "raised": Word(_("One more approval"), Tone.WARN, "alert"),
        "failed": Word(_("Not possible"), Tone.DANGER, "cross"),
    }
    return known[outcome]


def delegation_word(state: str) -> Word:
    known = {
        "coming": Word(_("From later on"), Tone.NEUTRAL, "clock"),
        "current": Word(_("In force"), Tone.OK, "check"),
        "over": Word(_("Over"), Tone.NEUTRAL, "minus"),
        "taken_back": Word(_("Taken back"), Tone.NEUTRAL, "cross"),
    }
    return known[state]


def tell_delegation_refusal(reason: str) -> str:
    known = {
        "oneself": _("You decide for yourself already: choose a colleague."),
        "dates": _("Say until when: a time in the future, and later than the beginning."),
        "too_long": _("That is too long: at most sixty days."),
        "colleague": _("Choose a colleague who works on what you see."),
        "overlaps": _("They decide for you in that time already."),
    }
    return known[reason]


def fix_words(verb: str) -> str:
    known = {
        "replay": _("Send it again"),
        "adopt": _("Take an existing credit note for it"),
        "mark_done": _("Call it done"),
        "cancel": _("Give it up"),
    }
    return known[verb]


def trail_words(action: str) -> str:
    """What an entry of the trail is called on its page."""
    known = {
        "case_read": _("Looked at"),
        "case_opened": _("Opened"),
        "case_changed": _("Changed"),
        "action_drafted": _("Put down as a draft"),
        "action_proposed": _("Asked for"),
        "action_refused": _("Refused by the rules"),
        "action_judged": _("Judged anew"),
        "action_approved": _("Approval"),
        "action_rejected": _("Rejected"),
        "action_cancelled": _("Withdrawn"),
        "action_moved": _("State changed"),
        "action_step": _("Call to Odoo"),
        "action_fixed": _("Decided at the desk"),
        "parked_cared_for": _("Looked after at the desk"),
        "finding_accepted": _("Difference accepted"),
        "document_seen": _("Changed in Odoo"),
        "trail_read": _("Trail taken away"),
    }
    return known.get(action) or action.replace("_", " ").capitalize()
