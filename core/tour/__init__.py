"""The guided tour: text, equation, exhibit and question of every step, as data in files (see ``tours/``).

What an exhibit shows is computed on the shipped models; nothing of it is written down in a tour.
"""

from core.tour.tour import ROOT, Choice, Question, Step, Tour, TourError, read_tour, read_tours

__all__ = ["ROOT", "Choice", "Question", "Step", "Tour", "TourError", "read_tour", "read_tours"]
