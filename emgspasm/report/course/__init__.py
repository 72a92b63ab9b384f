"""The treatment course of a participant: sessions compared, with what people entered beside."""
