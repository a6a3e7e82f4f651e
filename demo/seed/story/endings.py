"""Contracts and payments that come to nothing, or to less than hoped."""

from datetime import timedelta

from contracts.operations import cancel_contract, decline_contract, start_payment
from demo.seed.acts import agree, ask, book, deal, meet, offer, send
from demo.seed.cast import Cast, ask_standin
from demo.seed.stage import Scene, Stage
from payments import gateway
from payments.models import ConnectAccount, Refund, Transfer
from payments.operations import settle_checkout
from payments.operations.refunds import keep_refund


def declined(stage: Stage, cast: Cast) -> Scene:
    """The coach finds no time for the contract after all."""
    yield stage.ago(28)
    text = "My exam in German is on the twelfth of June, and I have never written a formal letter in that language."
    request = ask(stage, cast["liam"], "Formal letters for the B2 exam", text, "German", currency="eur")
    yield stage.ago(27, 12)
    proposal = offer(stage, request, cast["jonas"], 5)
    yield stage.ago(26, 12)
    contract = yield from send(stage, proposal)
    yield stage.ago(25, 12)
    decline_contract(contract, by=cast["jonas"], now=stage.now())


def unpaid(stage: Stage, cast: Cast) -> Scene:
    """The student opened the Checkout page, was refused by the card, and let the week pass."""
    yield stage.ago(27)
    text = "I have an hour in the evenings once the children sleep, and a guitar that I have not touched for ten years."
    request = ask(stage, cast["ben"], "Songs to sing with my children", text, "Guitar")
    yield stage.ago(26, 19)
    proposal = offer(stage, request, cast["rafael"], 6)
    yield stage.ago(25, 12)
    contract = yield from agree(stage, proposal)
    yield stage.ago(23, 20)
    payment = start_payment(contract, by=cast["ben"], now=stage.now())
    ask_standin("pay", session=payment.checkout_session_id, card="4000000000009995")
    settle_checkout(payment.checkout_session_id, now=stage.now())


def called_off(stage: Stage, cast: Cast) -> Scene:
    """The student calls a contract off before the coach has answered."""
    yield stage.ago(24)
    text = "I would like to draw my grandmother from a photograph as a present for her ninetieth birthday."
    request = ask(stage, cast["chloe"], "A portrait of my grandmother", text, "Drawing")
    yield stage.ago(23, 7)
    proposal = offer(stage, request, cast["mei"], 2)
    yield stage.ago(22, 7)
    contract = yield from send(stage, proposal)
    yield stage.ago(21, 7)
    cancel_contract(contract, by=cast["chloe"], now=stage.now())


def nobody_came(stage: Stage, cast: Cast) -> Scene:
    """One session, to which neither came: all of the money goes back."""
    yield stage.ago(19)
    text = "I have a job interview as a junior analyst on Friday and would like to practise the technical part once."
    request = ask(stage, cast["ben"], "Practise one technical interview", text, "SQL", sessions_needed=1)
    yield stage.ago(18, 8)
    proposal = offer(stage, request, cast["aisha"], 1)
    yield stage.ago(17, 8)
    contract = yield from deal(stage, proposal)
    yield stage.ago(15, 8)
    yield from meet(stage, book(stage, contract, 1, stage.ago(13, 19)), confirm=False)


def refund_comes_back(stage: Stage, cast: Cast) -> Scene:
    """The coach did not come, and the student's bank does not take the refund: the money is held again."""
    yield stage.ago(17)
    text = "I can read German but do not dare to speak. I want somebody patient who lets me finish my sentences."
    request = ask(stage, cast["oscar"], "Dare to speak German", text, "German", currency="eur")
    yield stage.ago(16, 8)
    proposal = offer(stage, request, cast["jonas"], 2)
    yield stage.ago(15, 8)
    contract = yield from deal(stage, proposal, card="4000000000005126")
    yield stage.ago(13, 8)
    yield from meet(stage, book(stage, contract, 1, stage.ago(11, 18)), cast["oscar"], confirm=False)
    yield stage.ago(9, 8)
    made = Refund.objects.get(payment__escrow=contract.escrow)
    keep_refund(made, gateway.get_refund(str(made.stripe_id)), now=stage.now())


def refused_transfer(stage: Stage, cast: Cast) -> Scene:
    """Stripe wants to know more about the coach, so it refuses a transfer and the next attempt waits."""
    yield stage.ago(22)
    text = "I know four chords on the guitar and the words of two songs by João Gilberto. I want them to meet."
    request = ask(stage, cast["emre"], "Two songs of bossa nova", text, "Guitar")
    yield stage.ago(21, 22)
    proposal = offer(stage, request, cast["rafael"], 1)
    yield stage.ago(20, 9)
    contract = yield from deal(stage, proposal)
    yield stage.ago(17, 9)
    yield from meet(stage, book(stage, contract, 1, stage.ago(15, 21)), cast["rafael"], cast["emre"])
    transfer = Transfer.objects.get(portion__escrow=contract.escrow)
    yield transfer.due_at - timedelta(minutes=1)
    account = ConnectAccount.objects.get(user=cast["rafael"])
    ask_standin("restrict", account=account.stripe_id)


SCENES = [declined, unpaid, called_off, nobody_came, refund_comes_back, refused_transfer]
