"""The proof that keys and database belong together: one sealed word, written when the database is first used."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models import sealing
from models.base import Base
from models.sealing import Unsealable

PLACE = "key_proofs:sealed:1"
WORD = b"siskamling"


class KeyProof(Base):
    __tablename__ = "key_proofs"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]


async def fits(session: AsyncSession) -> bool:
    """Whether the keyring opens what this database was sealed with. A new database takes the keyring it is given."""
    proof = await session.get(KeyProof, 1)
    if proof is None:
        session.add(KeyProof(id=1, sealed=sealing.keyring().seal(WORD, PLACE)))
        return True
    try:
        return sealing.keyring().open(proof.sealed, PLACE) == WORD
    except Unsealable:
        return False
