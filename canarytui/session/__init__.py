"""What watches one cluster without a screen: state, rollouts, metrics, timeline. For console and command line."""
