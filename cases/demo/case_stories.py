"""What customers of the stand-in shops wrote, by the chapter of the stand-in's story that their order shows.

Invented throughout. Hours count back from the moment of seeding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models.casework import CasePriority, CaseType

C, A, N = "customer", "agent", "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    chapter: str  # of the stand-in's story; empty: nobody knows the order yet
    subject: str
    type: CaseType
    said: Sequence[tuple[float, str, str]]  # hours ago, who, what
    shop: int = 0  # which of the connections
    priority: CasePriority = CasePriority.NORMAL
    owner: str = ""  # user name
    snoozed_h: float = 0
    closed: bool = False
    also: str = ""  # a second chapter whose order belongs to the matter


def _story(chapter: str, kind: str, subject: str, *said: tuple[float, str, str], **more: object) -> Story:
    return Story(chapter=chapter, subject=subject, type=CaseType(kind), said=said, **more)  # type: ignore[arg-type]


URGENT, HIGH, LOW = CasePriority.URGENT, CasePriority.HIGH, CasePriority.LOW

STORIES: tuple[Story, ...] = (
    _story("tracking_silent", "delivery", "Parcel has not moved for weeks",
        (52, C, "The tracking page has shown the same line since the day you sent it. Where is my parcel?"),
        (50, A, "I am sorry about the wait. I have asked the carrier and will write as soon as they answer."),
        (49, N, "Carrier opened a search, answer promised within two working days."),
        (5, C, "Two days are over. I need it by the weekend, or my money back."),
        priority=URGENT, owner="agent"),
    _story("replaced", "return", "Glasses arrived broken",
        (30, C, "Two of the glasses were in pieces when I opened the box. The box itself looked fine."),
        (29, A, "That should not happen. Could you send us a photo? We will send you new ones."),
        (27, C, "Photo is attached to this mail. Please pack them better this time."),
        (26, N, "Photo seen, damage is clear. Replacement is on its own order."),
        owner="agent", also="replacement_order"),
    _story("broken_lamp", "return", "One of two lamps came broken",
        (6, C, "The glass of one lamp was in pieces. The other one is fine, and I would like to have the pair."),
        (5.5, A, "I am sorry. Keep the pieces, we send you another one."),
        (5.4, N, "Salem has none left. Look where there is one."),
        owner="agent"),
    _story("paid_twice", "billing_dispute", "Charged twice for one order",
        (20, C, "My statement shows the same amount twice. I paid once. Please send the second one back."),
        (19.5, N, "Two payments in the accounts, the second one matches nothing. Checklist started."),
        (3, C, "My bank says you have both. When will I have my money?"),
        priority=HIGH, owner="agent"),
    _story("", "other", "Caller gave one order number that two shops know",
        (2, C, "(on the phone) My number is S-2044. I ordered garden chairs, or was it the lamp? It was last month."),
        (1.9, N, "S-2044 exists in both companies. Ask for postcode and what was ordered before saying anything."),
        priority=HIGH),
    _story("sale_warning", "order_inquiry", "Personal shopping client asks for a call back",
        (1.2, C, "Please have somebody who knows my account call me today. You have my number."),
        (1, N, "Look at the warning on the customer before calling."),
        priority=URGENT),
    _story("partial_delivery_backorder", "delivery", "Only part of the order came",
        (9, C, "Three of five were in the box. Nobody told me that the rest comes later. When?")),
    _story("paid_and_out_of_stock", "delivery", "Paid weeks ago, nothing sent",
        (75, C, "I paid the same day. It is still being prepared. Do you have it at all?"),
        (73, A, "The goods are late from the supplier. I keep an eye on it for you."),
        (28, C, "Still nothing. Please tell me a date or cancel the order.")),
    _story("return_waiting", "return", "How do I send the chair back?",
        (6, C, "I announced the return last week and have no label yet.")),
    _story("credit_note_linked", "billing_dispute", "Credit note is here, the money is not",
        (33, C, "I have your credit note for two weeks. My account says otherwise."),
        (31, A, "Finance has it on the list, the transfer leaves this week."), owner="finance"),
    _story("credit_note_draft", "billing_dispute", "Promised refund never came",
        (15, C, "You wrote that the refund was on its way. It is not."), priority=HIGH),
    _story("cancelled_after_shipping", "order_inquiry", "Cancelled, and still a parcel came",
        (12, C, "I cancelled and got a mail that says so. Today half of it was on my doorstep. Now what?")),
    _story("transaction_error", "billing_dispute", "Card declined, order gone?",
        (4, C, "Your shop declined my card twice, my bank says all is well. Is my order still there?")),
    _story("over_return", "return", "I sent back more than I should have",
        (26, C, "By mistake one piece of my own is in the return parcel. Can you send it to me?"),
        (24, N, "Warehouse looks for it on Monday."), owner="senior_agent", snoozed_h=20),
    _story("service_line", "product_question", "When does the fitter come back?",
        (44, C, "One hour is done, the second was to follow. Nobody called."),
        (43, A, "The fitter calls you on Thursday morning."), owner="agent", snoozed_h=40),
    _story("lots_and_serials", "product_question", "Is my device part of the recall?",
        (18, C, "There was something in the news. How do I find out whether it is mine?"), priority=LOW),
    _story("company_with_delivery_address", "billing_dispute", "Invoice goes to the wrong department",
        (60, C, "Please bill the head office and not the site the goods went to."),
        (58, A, "Changed for the next invoice. Do you need this one again?"), owner="senior_agent", closed=True),
    _story("exchange", "return", "Exchange received, thank you",
        (90, C, "The right size is here. Thank you, that was quick."), owner="agent", closed=True),
    _story("awkward_messages", "other", "Customer sent card details by mail",
        (8, C, "So that you can refund me: card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00."),
        (7.8, N, "Never ask for these. The console cuts them out; tell the customer not to send any."),
        priority=HIGH),
    _story("several_pickings_tracked", "delivery", "Which of the two parcels is late?",
        (10, C, "I have two tracking numbers, one says delivered. Delivered where?"), shop=1),
    _story("comma_joined_tracking", "delivery", "Three parcels, two arrived",
        (22, C, "The third one should have been here the same day."),
        (21, N, "All three numbers are on one delivery, the carrier scanned only two."), shop=1, owner="senior_agent"),
    _story("return_received_and_refunded", "return", "Has my return arrived?",
        (70, C, "It left me ten days ago."), (69, A, "It has, and the money went out this morning."),
        shop=1, owner="agent", closed=True),
    _story("down_payment", "order_inquiry", "When do I pay the rest of the table?",
        (13, C, "I paid a part and would like to know when the rest is due."), shop=1, priority=LOW),
    _story("other_currency", "billing_dispute", "Charged pounds, expected euros",
        (16, C, "The shop showed euros. My bank took pounds and a fee."), shop=1),
    _story("unicode_names", "order_inquiry", "My name is spelled wrongly on the parcel",
        (40, C, "The carrier could not read it and nearly sent it back."), shop=1, priority=LOW),
    _story("invoice_partly_paid", "billing_dispute", "Reminder although I paid",
        (11, C, "I paid a hundred at once and the rest as agreed. Why a reminder?"), shop=1, owner="finance"),
    _story("kit", "product_question", "A piece of the set is missing",
        (7, C, "The set should have four parts, I count three."), shop=1),
    _story("credit_note_without_link", "billing_dispute", "What is this credit for?",
        (35, C, "I got a credit note without an order on it. Is it mine?"), shop=1, snoozed_h=60, owner="senior_agent"),
    _story("three_step_packing", "delivery", "Can the address still be changed?",
        (0.6, C, "It has not left you yet, has it? I moved house yesterday."), shop=1, priority=HIGH),
)  # fmt: skip
