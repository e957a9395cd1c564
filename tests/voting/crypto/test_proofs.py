from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voting.crypto import elgamal, group, proofs
from voting.crypto.proofs import Disjunction, Proof, Statement

scalars = st.integers(min_value=1, max_value=group.ORDER - 1)
SECRET = 12345
PUBLIC = group.base(SECRET)


def statement(*parts: bytes | str) -> Statement:
    return Statement("facevote-1/test", parts)


@given(scalars, st.binary())
def test_a_proof_of_possession_holds_for_its_statement_only(secret: int, part: bytes) -> None:
    public = group.base(secret)

    proof = proofs.prove_possession(secret, statement(part, public))

    assert proofs.holds_possession(proof, public, statement(part, public))
    assert not proofs.holds_possession(proof, public, statement(part + b"x", public))
    assert not proofs.holds_possession(proof, group.base(secret + 1), statement(part, public))


@given(scalars, scalars)
def test_a_proof_of_equality_holds_for_equal_logarithms_only(secret: int, base: int) -> None:
    second_base = group.base(base)
    points = {
        "public": group.base(secret),
        "second_base": second_base,
        "second": group.multiply(secret, second_base),
    }

    proof = proofs.prove_equality(secret, second_base, statement())

    assert proofs.holds_equality(proof, **points, statement=statement())
    points["second"] = group.add(points["second"], group.GENERATOR)
    assert not proofs.holds_equality(proof, **points, statement=statement())


@given(st.data())
def test_a_disjunction_holds_for_every_value_in_it(data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 1000), min_size=1, max_size=6, unique=True))
    actual = data.draw(st.sampled_from(values))
    randomness = data.draw(scalars)
    ciphertext = elgamal.encrypt(actual, randomness, PUBLIC)

    proof = proofs.prove_one_of(
        values, actual, randomness=randomness, public_key=PUBLIC, statement=statement()
    )

    assert holds(proof, values, ciphertext)
    assert not holds(proof, [value + 1 for value in values], ciphertext)
    assert not holds(proof, values, elgamal.add(ciphertext, elgamal.encrypt(1, 0, PUBLIC)))


@given(st.integers(min_value=2, max_value=50), scalars)
def test_nobody_proves_a_bit_of_a_larger_number(message: int, randomness: int) -> None:
    ciphertext = elgamal.encrypt(message, randomness, PUBLIC)

    for claimed in (0, 1):
        proof = proofs.prove_one_of(
            (0, 1), claimed, randomness=randomness, public_key=PUBLIC, statement=statement()
        )
        assert not holds(proof, (0, 1), ciphertext)


def test_any_changed_number_breaks_a_disjunction() -> None:
    ciphertext = elgamal.encrypt(1, 99, PUBLIC)
    proof = proofs.prove_one_of((0, 1), 1, randomness=99, public_key=PUBLIC, statement=statement())

    for place, branch in enumerate(proof.branches):
        for changed in (
            replace(branch, challenge=(branch.challenge + 1) % group.ORDER),
            replace(branch, response=(branch.response + 1) % group.ORDER),
        ):
            branches = list(proof.branches)
            branches[place] = changed
            assert not holds(Disjunction(tuple(branches)), (0, 1), ciphertext)


def test_a_proof_with_too_few_branches_does_not_hold() -> None:
    ciphertext = elgamal.encrypt(0, 99, PUBLIC)
    proof = proofs.prove_one_of((0,), 0, randomness=99, public_key=PUBLIC, statement=statement())

    assert not holds(proof, (0, 1), ciphertext)
    assert not holds(Disjunction(()), (0, 1), ciphertext)


def test_proofs_are_read_back_from_their_lists() -> None:
    proof = Proof(1, group.ORDER - 1)
    disjunction = Disjunction((proof, Proof(2, 3)))

    assert Proof.from_list(proof.to_list()) == proof
    assert Disjunction.from_list(disjunction.to_list(), 2) == disjunction


def holds(
    proof: Disjunction, values: list[int] | tuple[int, ...], ciphertext: elgamal.Ciphertext
) -> bool:
    return proofs.holds_one_of(
        proof, values, ciphertext=ciphertext, public_key=PUBLIC, statement=statement()
    )
