"""Regularised logistic regression by Newton's method. NumPy only.

A dozen features and no sparse data: a library for this alone would be the largest part of the suite.
"""

import numpy as np

STEPS = 50


class Logistic:
    """log odds = intercept + coefficients · standardised features."""

    def __init__(self, names, centre, scale, coefficients, intercept):
        self.names, self.centre, self.scale = list(names), np.asarray(centre), np.asarray(scale)
        self.coefficients, self.intercept = np.asarray(coefficients), float(intercept)

    @classmethod
    def fit(cls, names, features, outcome, penalty=1.0):
        """Maximum of the penalised likelihood; half of `penalty` times the squared coefficients is taken off.

        Features that are constant get no weight. The intercept is not penalised.
        """
        features, outcome = np.asarray(features, float), np.asarray(outcome, float)
        centre, scale = features.mean(axis=0), features.std(axis=0)
        constant = scale < 1e-9
        scale = np.where(constant, 1.0, scale)
        design = np.column_stack([np.ones(len(outcome)), np.where(constant, 0.0, (features - centre) / scale)])
        ridge = np.diag([1e-9, *[penalty] * features.shape[1]])
        weights = np.zeros(design.shape[1])
        share = np.clip(outcome.mean(), 1e-6, 1 - 1e-6)
        weights[0] = np.log(share / (1 - share))
        value = cls._loss(design, outcome, weights, ridge)
        for _step in range(STEPS):
            probability = sigmoid(design @ weights)
            gradient = design.T @ (probability - outcome) + ridge @ weights
            hessian = (design * (probability * (1 - probability))[:, None]).T @ design + ridge
            step, size = np.linalg.solve(hessian, gradient), 1.0
            while (new := cls._loss(design, outcome, weights - size * step, ridge)) > value and size > 1e-4:
                size /= 2
            weights, gain, value = weights - size * step, value - new, new
            if gain < 1e-9 * max(abs(value), 1):
                break
        return cls(names, centre, scale, weights[1:], weights[0])

    @staticmethod
    def _loss(design, outcome, weights, ridge):
        odds = design @ weights
        return float(np.sum(np.logaddexp(0, odds) - outcome * odds) + weights @ ridge @ weights / 2)

    def contributions(self, features):
        """Part of each feature in the log odds, against the average customer of the training."""
        return (np.asarray(features, float) - self.centre) / self.scale * self.coefficients

    def score(self, features):
        """Log odds."""
        return self.intercept + self.contributions(features).sum(axis=1)

    def to_json(self):
        return {
            "names": self.names,
            "centre": self.centre.tolist(),
            "scale": self.scale.tolist(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept,
        }

    @classmethod
    def from_json(cls, stored):
        return cls(**stored)


def sigmoid(odds):
    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
